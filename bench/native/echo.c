/*
 * The limit: what the kernel alone lets one core do with batches of datagrams.
 *
 * Every datagram goes back as it came, with QR set: a response of NOERROR without records. Nothing is looked up.
 *
 *   echo HOST PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { BATCH = 64, OCTETS = 1500, RECEIVE_BUFFER = 4 * 1024 * 1024, QR_OCTET = 2, QR = 0x80 };

static unsigned char octets[BATCH][OCTETS];
static struct sockaddr_in peers[BATCH];
static struct iovec parts[BATCH];
static struct mmsghdr messages[BATCH];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int open_socket(const char *host, const char *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) die(host);
  int socket_fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (socket_fd < 0 || bind(socket_fd, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
  int wanted = RECEIVE_BUFFER;
  setsockopt(socket_fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
  return socket_fd;
}

/* recvmmsg writes lengths into the headers, so they are set anew for each batch. */
static void prepare(void) {
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){.iov_base = octets[i], .iov_len = OCTETS};
    messages[i].msg_hdr = (struct msghdr){
        .msg_name = &peers[i], .msg_namelen = sizeof peers[i], .msg_iov = &parts[i], .msg_iovlen = 1};
  }
}

int main(int count, char **words) {
  if (count != 3) {
    fprintf(stderr, "usage: echo HOST PORT\n");
    return 2;
  }
  int socket_fd = open_socket(words[1], words[2]);
  for (;;) {
    prepare();
    int received = recvmmsg(socket_fd, messages, BATCH, MSG_WAITFORONE, NULL);
    if (received < 0) die("recvmmsg");
    for (int i = 0; i < received; i++) {
      parts[i].iov_len = messages[i].msg_len;
      if (messages[i].msg_len > QR_OCTET) octets[i][QR_OCTET] |= QR;
    }
    for (int sent = 0; sent < received;) {
      int taken = sendmmsg(socket_fd, messages + sent, received - sent, 0);
      sent += taken > 0 ? taken : 1; /* a datagram that the kernel refuses is left out */
    }
  }
}
