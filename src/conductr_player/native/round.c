/* A round of the pacer without Python: RTP header, AES-256-GCM and send() for each guild that needs nothing else.
 *
 * A plain shared library, loaded by library.py through ctypes: it knows nothing of Python, so one file serves every
 * version. OpenSSL is found at run time, and neither its headers nor the library need be there to build this.
 *
 * rtp.py is the reference: what leaves, and what each error of the network means, is the same there, and one test is
 * over both. Nothing here waits but for a page of the map. Change VERSION with any structure or function that
 * library.py names.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define VERSION 2
#define PUBLIC __attribute__((visibility("default")))

#define FRAME_SAMPLES 960
#define HEADER_BYTES 12
#define NONCE_BYTES 4
#define TAG_BYTES 16
#define MOST_BYTES (65507 - HEADER_BYTES - TAG_BYTES - NONCE_BYTES) /* of a packet: more is no datagram */
#define REFUSED_AFTER 50 /* packets in a row, as in rtp.py */
#define SET_NONCE_LENGTH 9 /* EVP_CTRL_AEAD_SET_IVLEN */
#define GET_TAG 16 /* EVP_CTRL_AEAD_GET_TAG */

enum outcome { BROKEN = -2, SPENT = -1, REFUSED = 0, TAKEN = 1 };

/* One voice connection. `udp` is a descriptor of its own for its owner's socket: where the owner closes that, and the
 * number goes to another file, no packet can go astray. */
struct sender {
    void *cipher;
    uint64_t next_nonce;
    int64_t lost_last; /* the nonce of what was lost last, and how many in a row by then */
    uint64_t dropped;
    int32_t udp;
    uint32_t ssrc, refused, busy;
    uint32_t by_python; /* set by any thread: Python does something to each packet first, so none leaves in a round */
    uint32_t unused;
};

/* One guild's place in a round. While `by` is set, packets `index` to `stop` of a mapped file leave without Python.
 * `board` is what another process sees of it (board.py), or NULL. */
struct seat {
    struct sender *by;
    const uint8_t *bytes;
    const uint32_t *starts, *ends;
    uint64_t index, stop;
    int64_t *board;
    uint32_t held; /* set by any thread: Python wants to look before the next packet */
    uint32_t unused;
};

static void *(*context_new)(void);
static void (*context_free)(void *);
static const void *(*aes_256_gcm)(void);
static int (*init)(void *, const void *, void *, const uint8_t *, const uint8_t *);
static int (*update)(void *, uint8_t *, int *, const uint8_t *, int);
static int (*final)(void *, uint8_t *, int *);
static int (*control)(void *, int, int, void *);

static bool found(void *library, const char *name, void *where) {
    void *address = dlsym(library, name);
    memcpy(where, &address, sizeof address); /* ISO C has no cast from an object to a function */
    return address != NULL;
}

/* The version and the size of both structures as one number; 0 where there is no OpenSSL. Called once, first. */
PUBLIC int conductr_load(void) {
    void *crypto = dlopen("libcrypto.so.3", RTLD_NOW);
    if (!crypto) crypto = dlopen("libcrypto.so.1.1", RTLD_NOW);
    if (!crypto) return 0;
    bool whole = found(crypto, "EVP_CIPHER_CTX_new", &context_new) && found(crypto, "EVP_CIPHER_CTX_free", &context_free)
        && found(crypto, "EVP_aes_256_gcm", &aes_256_gcm) && found(crypto, "EVP_EncryptInit_ex", &init)
        && found(crypto, "EVP_EncryptUpdate", &update) && found(crypto, "EVP_EncryptFinal_ex", &final)
        && found(crypto, "EVP_CIPHER_CTX_ctrl", &control);
    return whole ? VERSION << 16 | (int)sizeof(struct sender) << 8 | (int)sizeof(struct seat) : 0;
}

PUBLIC void conductr_close(struct sender *it) {
    if (!it) return;
    if (it->udp >= 0) close(it->udp);
    if (it->cipher) context_free(it->cipher);
    free(it);
}

/* NULL where there is no descriptor or memory left. */
PUBLIC struct sender *conductr_open(int udp, const uint8_t *key, uint32_t ssrc, uint32_t first_nonce) {
    struct sender *it = calloc(1, sizeof *it);
    if (!it) return NULL;
    it->udp = fcntl(udp, F_DUPFD_CLOEXEC, 0);
    it->cipher = context_new();
    it->ssrc = ssrc;
    it->next_nonce = first_nonce;
    it->lost_last = -1;
    if (it->udp >= 0 && it->cipher && init(it->cipher, aes_256_gcm(), NULL, key, NULL) == 1
        && control(it->cipher, SET_NONCE_LENGTH, 12, NULL) == 1)
        return it;
    conductr_close(it);
    return NULL;
}

/* The datagram's length; 0 where the cipher does not do its work. */
static size_t seal(struct sender *it, uint64_t number, const uint8_t *packet, size_t size, uint8_t *out) {
    uint8_t nonce[12] = {0};
    uint32_t counter = htonl((uint32_t)number), stamp = htonl((uint32_t)(number * FRAME_SAMPLES)), ssrc = htonl(it->ssrc);
    uint16_t sequence = htons((uint16_t)number);
    uint8_t *body = out + HEADER_BYTES;
    int length = 0, rest = 0;
    out[0] = 0x80; /* RTP, version 2 */
    out[1] = 0x78; /* payload type 120 */
    memcpy(out + 2, &sequence, 2);
    memcpy(out + 4, &stamp, 4);
    memcpy(out + 8, &ssrc, 4);
    memcpy(nonce, &counter, 4);
    if (init(it->cipher, NULL, NULL, NULL, nonce) != 1 || update(it->cipher, NULL, &length, out, HEADER_BYTES) != 1
        || update(it->cipher, body, &length, packet, (int)size) != 1 || final(it->cipher, body + length, &rest) != 1
        || control(it->cipher, GET_TAG, TAG_BYTES, body + size) != 1)
        return 0;
    memcpy(body + size + TAG_BYTES, &counter, NONCE_BYTES);
    return HEADER_BYTES + size + TAG_BYTES + NONCE_BYTES;
}

static bool no_link(int error) {
    return error == EBADF || error == ENOTCONN || error == ENOTSOCK || error == EDESTADDRREQ || error == EPIPE;
}

static enum outcome lost(struct sender *it, int64_t nonce, int error) {
    if (no_link(error)) return REFUSED;
    it->refused = nonce == it->lost_last + 1 ? it->refused + 1 : 1;
    it->lost_last = nonce;
    if (it->refused > REFUSED_AFTER) return REFUSED;
    it->dropped++;
    return TAKEN;
}

static enum outcome transmit(struct sender *it, const uint8_t *packet, size_t size) {
    uint8_t out[HEADER_BYTES + MOST_BYTES + TAG_BYTES + NONCE_BYTES];
    if (it->next_nonce > UINT32_MAX) return SPENT;
    uint64_t nonce = it->next_nonce++; /* before anything can fail: one may be left out, never used again */
    if (size > MOST_BYTES) return lost(it, (int64_t)nonce, EMSGSIZE);
    size_t length = seal(it, nonce, packet, size, out);
    if (!length) return BROKEN;
    if (send(it->udp, out, length, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return TAKEN;
    return lost(it, (int64_t)nonce, errno);
}

/* Send one packet. Calls that overlap come one after the other: none waits for the network. */
PUBLIC int conductr_send(struct sender *it, const uint8_t *packet, int size) {
    while (__atomic_exchange_n(&it->busy, 1, __ATOMIC_ACQUIRE)) sched_yield();
    enum outcome outcome = transmit(it, packet, (size_t)size);
    __atomic_store_n(&it->busy, 0, __ATOMIC_RELEASE);
    return outcome;
}

static bool rides(struct seat *it) {
    if (!it || !it->by || it->index >= it->stop || __atomic_load_n(&it->held, __ATOMIC_ACQUIRE)) return false;
    if (__atomic_load_n(&it->by->by_python, __ATOMIC_ACQUIRE)) return false;
    uint32_t start = it->starts[it->index];
    if (conductr_send(it->by, it->bytes + start, (int)(it->ends[it->index] - start)) != TAKEN) return false;
    __atomic_store_n(&it->index, it->index + 1, __ATOMIC_RELEASE);
    if (it->board) {
        __atomic_store_n(&it->board[0], it->board[0] + 1, __ATOMIC_RELAXED);
        __atomic_store_n(&it->board[1], (it->board[1] + 4) & ~INT64_C(3), __ATOMIC_RELAXED);
    }
    return true;
}

/* Send the next packet of each seat. `left` gets the numbers of those that Python must serve, in order; returns how
 * many there are. A seat may be NULL. */
PUBLIC int conductr_round(struct seat *const *seats, int count, uint32_t *left) {
    int waiting = 0;
    for (int i = 0; i < count; i++)
        if (!rides(seats[i])) left[waiting++] = (uint32_t)i;
    return waiting;
}
