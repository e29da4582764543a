/* The benchmark's listener: notes when each packet arrived, by the kernel's clock (SO_TIMESTAMPNS).
 *
 * It looks once a millisecond instead of waiting for each packet: waking it would be work of the sender's
 * sendto, which no network card asks for. Answers IP discovery, which songbird asks for.
 *
 * Prints its port. Takes lines: "mark" forgets what came so far; "write PATH" writes a record a packet.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 512
#define HEAD 80 /* bytes kept of a packet: an RTP header, or a whole IP discovery */
#define BUFFER (256 << 20)

struct record {
    int64_t ns;
    uint32_t ssrc, stamp;
    uint16_t seq, size;
    uint32_t unused;
};

static struct record *records;
static size_t count, room;
static char heads[BATCH][HEAD], extras[BATCH][64];
static struct sockaddr_in senders[BATCH];
static struct iovec pieces[BATCH];
static struct mmsghdr batch[BATCH];

static void answer_discovery(int udp, int i) {
    char reply[74] = {0};
    memcpy(reply, heads[i], 8);
    reply[1] = 2;
    inet_ntop(AF_INET, &senders[i].sin_addr, reply + 8, 64);
    memcpy(reply + 72, &senders[i].sin_port, 2);
    sendto(udp, reply, sizeof reply, 0, (struct sockaddr *)&senders[i], sizeof senders[i]);
}

static void note(int i, size_t size) {
    if (count == room) {
        room = room ? room * 2 : 1 << 20;
        records = realloc(records, room * sizeof *records);
        if (!records) exit(3);
    }
    struct record *it = &records[count++];
    struct cmsghdr *extra = CMSG_FIRSTHDR(&batch[i].msg_hdr);
    struct timespec when = {0};
    if (extra) memcpy(&when, CMSG_DATA(extra), sizeof when);
    it->ns = (int64_t)when.tv_sec * 1000000000 + when.tv_nsec;
    memcpy(&it->seq, heads[i] + 2, 2);
    memcpy(&it->stamp, heads[i] + 4, 4);
    memcpy(&it->ssrc, heads[i] + 8, 4);
    it->seq = ntohs(it->seq);
    it->stamp = ntohl(it->stamp);
    it->ssrc = ntohl(it->ssrc);
    it->size = size > 65535 ? 65535 : size;
}

static void drain(int udp) {
    for (;;) {
        for (int i = 0; i < BATCH; i++) {
            pieces[i] = (struct iovec){heads[i], HEAD};
            batch[i].msg_hdr = (struct msghdr){.msg_name = &senders[i], .msg_namelen = sizeof senders[i],
                .msg_iov = &pieces[i], .msg_iovlen = 1, .msg_control = extras[i], .msg_controllen = 64};
        }
        int got = recvmmsg(udp, batch, BATCH, MSG_DONTWAIT | MSG_TRUNC, NULL);
        for (int i = 0; i < got; i++) {
            size_t size = batch[i].msg_len;
            if (size == 74 && !memcmp(heads[i], "\0\1\0\x46", 4)) answer_discovery(udp, i);
            else if (size >= 12 && (heads[i][1] & 0x7f) == 0x78) note(i, size);
        }
        if (got < BATCH) return;
    }
}

static void obey(int udp, char *line) {
    drain(udp);
    line[strcspn(line, "\n")] = 0;
    if (!strcmp(line, "mark")) count = 0;
    else if (!strncmp(line, "write ", 6)) {
        FILE *file = fopen(line + 6, "wb");
        if (!file || fwrite(records, sizeof *records, count, file) != count || fclose(file)) exit(4);
    }
    printf("%zu\n", count);
    fflush(stdout);
}

int main(void) {
    int udp = socket(AF_INET, SOCK_DGRAM, 0), yes = 1, buffer = BUFFER;
    setsockopt(udp, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes);
    setsockopt(udp, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    setsockopt(udp, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer); /* only root may */
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof here;
    if (bind(udp, (struct sockaddr *)&here, sizeof here) || getsockname(udp, (struct sockaddr *)&here, &length)) return 2;
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    fcntl(0, F_SETFL, O_NONBLOCK);
    for (char line[4096];;) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        drain(udp);
        ssize_t got = read(0, line, sizeof line - 1);
        if (got == 0) return 0;
        if (got > 0) {
            line[got] = 0;
            obey(udp, line);
        }
    }
}
