/* SPDX-License-Identifier: MIT
 * launch REPORT COMMAND...: runs the command and writes `nanoseconds peak-kilobytes user-us system-us exit-code` to the
 * file REPORT. It is small because a child's peak memory, as the kernel counts it, begins with that of its parent. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const long long begin = nanoseconds();
  const pid_t child = fork();
  if (child == 0) {
    execvp(argv[2], argv + 2);
    _exit(127);
  }
  int status = 0;
  struct rusage used;
  if (child < 0 || wait4(child, &status, 0, &used) < 0) return 1;
  const long long took = nanoseconds() - begin;
  FILE* report = fopen(argv[1], "w");
  if (report == NULL) return 1;
  fprintf(report, "%lld %ld %lld %lld %d\n", took, used.ru_maxrss,
          used.ru_utime.tv_sec * 1000000LL + used.ru_utime.tv_usec,
          used.ru_stime.tv_sec * 1000000LL + used.ru_stime.tv_usec,
          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return fclose(report);
}
