/* The floor: what a guild-second costs at the least. AES-256-GCM of OpenSSL and `send`, paced as the pacer does.
 *
 *     floor GUILDS PORT PACKETS     PACKETS: a file of packets, each a little-endian u16 length and its bytes
 *
 * A connected socket, a key and a context a guild; absolute deadlines; as many slots as the schedule takes.
 * OpenSSL is loaded by name, so that its headers need not be there. Prints "ready"; ends when its input does.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAME_NS 20000000L
#define GUILDS_A_SLOT 250
#define MOST_SLOTS 10
#define SET_TAG_LENGTH 9
#define GET_TAG 16

static void *(*context_new)(void);
static const void *(*aes_256_gcm)(void);
static int (*init)(void *, const void *, void *, const uint8_t *, const uint8_t *);
static int (*update)(void *, uint8_t *, int *, const uint8_t *, int);
static int (*final)(void *, uint8_t *, int *);
static int (*control)(void *, int, int, void *);

struct guild {
    void *context;
    int udp;
    uint32_t ssrc, counter;
};

static uint8_t *song;
static uint32_t *starts, packets;

static void need(int good, const char *what) {
    if (good) return;
    printf("cannot: %s\n", what);
    exit(0);
}

static void load_openssl(void) {
    void *lib = dlopen("libcrypto.so.3", RTLD_NOW);
    if (!lib) lib = dlopen("libcrypto.so", RTLD_NOW);
    need(lib != NULL, "libcrypto is not on this machine");
    context_new = dlsym(lib, "EVP_CIPHER_CTX_new");
    aes_256_gcm = dlsym(lib, "EVP_aes_256_gcm");
    init = dlsym(lib, "EVP_EncryptInit_ex");
    update = dlsym(lib, "EVP_EncryptUpdate");
    final = dlsym(lib, "EVP_EncryptFinal_ex");
    control = dlsym(lib, "EVP_CIPHER_CTX_ctrl");
    need(context_new && aes_256_gcm && init && update && final && control, "libcrypto is of another kind");
}

static void load_song(const char *path) {
    FILE *file = fopen(path, "rb");
    need(file != NULL, "no file of packets");
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    song = malloc(size);
    starts = malloc(size / 2 * sizeof *starts);
    need(song && starts && fread(song, 1, size, file) == (size_t)size, "no file of packets");
    for (long at = 0; at < size; at += 2 + (song[at] | song[at + 1] << 8)) starts[packets++] = at;
    need(packets > 0, "an empty song");
}

static void open_guild(struct guild *it, uint32_t ssrc, int port) {
    uint8_t key[32];
    for (int i = 0; i < 32; i++) key[i] = rand();
    it->ssrc = ssrc;
    it->context = context_new();
    init(it->context, aes_256_gcm(), NULL, key, NULL);
    control(it->context, SET_TAG_LENGTH, 12, NULL);
    it->udp = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    need(it->udp >= 0 && !connect(it->udp, (struct sockaddr *)&to, sizeof to), "no socket for each guild");
}

static void tick(struct guild *it) {
    uint8_t out[2048], nonce[12] = {0};
    const uint8_t *packet = song + starts[it->counter % packets];
    int size = packet[0] | packet[1] << 8, length;
    uint32_t counter = htonl(++it->counter), stamp = htonl(it->counter * 960), ssrc = htonl(it->ssrc);
    uint16_t seq = htons(it->counter);
    out[0] = 0x80;
    out[1] = 0x78;
    memcpy(out + 2, &seq, 2);
    memcpy(out + 4, &stamp, 4);
    memcpy(out + 8, &ssrc, 4);
    memcpy(nonce, &counter, 4);
    init(it->context, NULL, NULL, NULL, nonce);
    update(it->context, NULL, &length, out, 12);
    update(it->context, out + 12, &length, packet + 2, size);
    final(it->context, out + 12 + length, &length);
    control(it->context, GET_TAG, 16, out + 12 + size);
    memcpy(out + 12 + size + 16, &counter, 4);
    if (send(it->udp, out, 12 + size + 20, 0) < 0) return;
}

int main(int argc, char **argv) {
    need(argc == 4, "three arguments");
    int guilds = atoi(argv[1]), slots = (guilds + GUILDS_A_SLOT - 1) / GUILDS_A_SLOT;
    if (slots > MOST_SLOTS) slots = MOST_SLOTS;
    load_openssl();
    load_song(argv[3]);
    struct guild *all = calloc(guilds, sizeof *all);
    for (int i = 0; i < guilds; i++) open_guild(&all[i], i + 1, atoi(argv[2]));
    printf("ready\n");
    fflush(stdout);
    struct timespec due;
    clock_gettime(CLOCK_MONOTONIC, &due);
    for (long turn = 0;; turn++) {
        int slot = turn % slots;
        for (int i = slot; i < guilds; i += slots) tick(&all[i]);
        due.tv_nsec += FRAME_NS / slots;
        if (due.tv_nsec >= 1000000000) due.tv_nsec -= 1000000000, due.tv_sec++;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
        struct pollfd input = {.fd = 0, .events = POLLIN};
        if (turn % (50 * slots) == 0 && poll(&input, 1, 0) > 0) return 0;
    }
}
