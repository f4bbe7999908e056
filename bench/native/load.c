/*
 * A load generator for DNS over UDP that spends little of its core on itself, and times every answer.
 *
 *   load HOST PORT FILE START SECONDS RATE WINDOW
 *
 * FILE holds queries in wire form, each behind its length in two octets, as over TCP. They are asked in a circle that
 * begins at query START. RATE 0 is saturation: WINDOW queries are under way at any time, and each answer lets the next
 * query go. Any other RATE is queries per second, sent when their time has come whether or not others were answered;
 * latency then counts from that time, so that a server that stalls is charged for every query it held up. Then at most
 * WINDOW are under way too, unless it is 0.
 *
 * An answer belongs to a query if it comes to its socket with its id. A query is lost if that has not happened within
 * a second. Prints one JSON object; "next" is where the circle goes on, "coreShare" how much of its core it had: it never
 * sleeps, so less than 1 means that something else was running there.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { SOCKETS = 4, SLOTS = 256, BATCH = 64, ANSWER_OCTETS = 4096, RECEIVE_BUFFER = 4 * 1024 * 1024 };
enum { RCODES = 16, SUB_BUCKETS = 32, SUB_BITS = 5, BUCKETS = 64 * SUB_BUCKETS };

static const uint64_t SECOND = 1000000000, LOST_AFTER = 1000000000, SWEEP_EVERY = 50000000;

/* A query under way: its place is the low octet of its id, and its turn the high one, so late answers fit no more. */
struct slot {
  uint64_t since; /* 0: free */
  uint8_t turn;
};

struct lane {
  int fd;
  struct slot slots[SLOTS];
  uint8_t free[SLOTS];
  int free_count;
};

static struct lane lanes[SOCKETS];
static unsigned char *queries;
static size_t *offsets; /* of each query's length octets; one more than there are queries */
static size_t query_count, next_query;
static uint64_t sent, answered, lost, unexpected, truncated, answer_octets;
static uint64_t rcodes[RCODES], histogram[BUCKETS];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static uint64_t read_clock(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * SECOND + time.tv_nsec;
}

static uint64_t now(void) { return read_clock(CLOCK_MONOTONIC); }

static void read_queries(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) < 0) die(path);
  size_t size = ftell(file);
  rewind(file);
  queries = malloc(size);
  if (queries == NULL || fread(queries, 1, size, file) != size) die(path);
  fclose(file);
  offsets = malloc((size / 2 + 1) * sizeof *offsets);
  size_t at = 0;
  for (; at + 2 <= size; at += 2 + (queries[at] << 8 | queries[at + 1])) offsets[query_count++] = at;
  offsets[query_count] = at;
  if (query_count == 0 || at != size) {
    fprintf(stderr, "%s: expected queries, each behind its length\n", path);
    exit(1);
  }
}

static void open_lane(struct lane *lane, const struct sockaddr_in *server, int slots) {
  lane->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (lane->fd < 0 || connect(lane->fd, (const struct sockaddr *)server, sizeof *server) < 0) die("connect");
  int wanted = RECEIVE_BUFFER;
  setsockopt(lane->fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
  for (int i = 0; i < slots; i++) lane->free[lane->free_count++] = i;
}

/* Log-linear: 32 buckets for each power of two, so a bucket is at most 3 % wide. */
static int bucket_of(uint64_t value) {
  if (value < SUB_BUCKETS) return value;
  int shift = 63 - __builtin_clzll(value) - SUB_BITS;
  return (shift + 1) * SUB_BUCKETS + (value >> shift) - SUB_BUCKETS;
}

/* The lowest value of a bucket. */
static uint64_t bucket_start(int bucket) {
  if (bucket < 2 * SUB_BUCKETS) return bucket;
  int shift = bucket / SUB_BUCKETS - 1;
  return (uint64_t)(bucket % SUB_BUCKETS + SUB_BUCKETS) << shift;
}

static void release(struct lane *lane, int place) {
  lane->slots[place].since = 0;
  lane->slots[place].turn++;
  lane->free[lane->free_count++] = place;
}

static void take_answer(struct lane *lane, const unsigned char *answer, unsigned length, uint64_t time) {
  struct slot *slot = length < 12 ? NULL : &lane->slots[answer[1]];
  if (slot == NULL || slot->since == 0 || slot->turn != answer[0] || !(answer[2] & 0x80)) {
    unexpected++;
    return;
  }
  histogram[bucket_of(time - slot->since)]++;
  rcodes[answer[3] & 15]++;
  if (answer[2] & 2) truncated++;
  answered++;
  answer_octets += length;
  release(lane, answer[1]);
}

/* Takes what has come, without waiting. */
static int receive(struct lane *lane) {
  static unsigned char octets[BATCH][ANSWER_OCTETS];
  static struct iovec parts[BATCH];
  static struct mmsghdr messages[BATCH];
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){.iov_base = octets[i], .iov_len = ANSWER_OCTETS};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
  }
  int count = recvmmsg(lane->fd, messages, BATCH, MSG_DONTWAIT, NULL);
  if (count < 0 && errno != EAGAIN && errno != ECONNREFUSED) die("recvmmsg");
  uint64_t time = now();
  for (int i = 0; i < count; i++) take_answer(lane, octets[i], messages[i].msg_len, time);
  return count;
}

/*
 * Sends at most `count` queries, as many as there are free places for.
 *
 * since: when the first of them was due; step: nanoseconds from one to the next; both 0: now.
 */
static int send_queries(struct lane *lane, int count, double since, double step) {
  static unsigned char ids[BATCH][2];
  static struct iovec parts[BATCH][2];
  static struct mmsghdr messages[BATCH];
  if (count > BATCH) count = BATCH;
  if (count > lane->free_count) count = lane->free_count;
  uint64_t time = since == 0 ? now() : 0;
  for (int i = 0; i < count; i++) {
    int place = lane->free[--lane->free_count];
    struct slot *slot = &lane->slots[place];
    slot->since = since == 0 ? time : (uint64_t)(since + i * step);
    ids[i][0] = slot->turn;
    ids[i][1] = place;
    size_t start = offsets[next_query] + 4; /* behind length and id */
    parts[i][0] = (struct iovec){.iov_base = ids[i], .iov_len = 2};
    parts[i][1] = (struct iovec){.iov_base = queries + start, .iov_len = offsets[next_query + 1] - start};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = parts[i], .msg_iovlen = 2};
    next_query = next_query + 1 == query_count ? 0 : next_query + 1;
  }
  for (int done = 0; done < count;) {
    int taken = sendmmsg(lane->fd, messages + done, count - done, 0);
    done += taken > 0 ? taken : 1; /* one that the kernel refuses is lost */
  }
  sent += count;
  return count;
}

/* Gives up what has been under way for too long; `limit` 0: all of it. */
static void sweep(uint64_t time, uint64_t limit) {
  for (struct lane *lane = lanes; lane < lanes + SOCKETS; lane++) {
    for (int place = 0; place < SLOTS; place++) {
      uint64_t since = lane->slots[place].since;
      if (since == 0 || (limit > 0 && time < since + limit)) continue;
      lost++;
      release(lane, place);
    }
  }
}

static uint64_t run(uint64_t begin, uint64_t duration, double rate) {
  double step = rate > 0 ? SECOND / rate : 0;
  uint64_t swept = begin, last_answer = begin;
  for (;;) {
    uint64_t time = now();
    int is_over = time >= begin + duration;
    if (is_over && (answered + lost == sent || time >= begin + duration + LOST_AFTER)) break;
    for (struct lane *lane = lanes; lane < lanes + SOCKETS; lane++) {
      if (receive(lane) > 0) last_answer = now();
      if (is_over) continue;
      if (rate == 0) {
        send_queries(lane, SLOTS, 0, 0);
      } else {
        double due = (now() - begin) / step - sent;
        if (due >= 1) send_queries(lane, due < BATCH ? (int)due : BATCH, begin + sent * step, step);
      }
    }
    if (time > swept + SWEEP_EVERY) sweep(swept = time, LOST_AFTER);
  }
  sweep(0, 0);
  return last_answer - begin;
}

static void print_result(double seconds, double core_share) {
  const char *comma = "";
  printf("{\"sent\":%lu,\"answered\":%lu,\"lost\":%lu,\"unexpected\":%lu,\"truncated\":%lu,\"answerOctets\":%lu,",
         sent, answered, lost, unexpected, truncated, answer_octets);
  printf("\"seconds\":%.6f,\"coreShare\":%.3f,\"next\":%zu,\"rcodes\":[", seconds, core_share, next_query);
  for (int i = 0; i < RCODES; i++) printf("%s%lu", i == 0 ? "" : ",", rcodes[i]);
  printf("],\"histogram\":[");
  for (int i = 0; i < BUCKETS - 1; i++) {
    if (histogram[i] == 0) continue;
    printf("%s[%lu,%lu,%lu]", comma, bucket_start(i), bucket_start(i + 1), histogram[i]);
    comma = ",";
  }
  printf("]}\n");
}

int main(int count, char **words) {
  if (count != 8) {
    fprintf(stderr, "usage: load HOST PORT FILE START SECONDS RATE WINDOW\n");
    return 2;
  }
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(words[2]))};
  if (inet_pton(AF_INET, words[1], &server.sin_addr) != 1) die(words[1]);
  read_queries(words[3]);
  next_query = strtoul(words[4], NULL, 10) % query_count;
  double rate = atof(words[6]);
  int slots = atoi(words[7]) / SOCKETS;
  if (slots < 1 || slots > SLOTS) slots = SLOTS;
  for (struct lane *lane = lanes; lane < lanes + SOCKETS; lane++) open_lane(lane, &server, slots);
  uint64_t begin = now(), cpu_begin = read_clock(CLOCK_PROCESS_CPUTIME_ID);
  double seconds = run(begin, (uint64_t)(atof(words[5]) * SECOND), rate) / (double)SECOND;
  uint64_t cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu_begin;
  print_result(seconds, (double)cpu / (now() - begin));
  return 0;
}
