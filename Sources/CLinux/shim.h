#pragma once
/* What the Glibc module does not declare: epoll, eventfd, accept4, pipe2, pidfd, malloc's tuning. Without _GNU_SOURCE, under which the
   same headers declare some types otherwise than the Glibc module does. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static inline int cortex_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags) {
    extern int accept4(int, struct sockaddr *, socklen_t *, int);
    return accept4(fd, address, length, flags);
}

static inline int cortex_pipe2(int ends[2], int flags) {
    extern int pipe2(int[2], int);
    return pipe2(ends, flags);
}

static inline int cortex_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

static inline int cortex_pidfd_open(pid_t pid, unsigned int flags) {
    return (int)syscall(SYS_pidfd_open, pid, flags);
}

/* M_ARENA_MAX of malloc.h. */
static inline void cortex_malloc_one_arena(void) {
    extern int mallopt(int, int);
    mallopt(-8, 1);
}

static inline void cortex_malloc_trim(void) {
    extern int malloc_trim(size_t);
    malloc_trim(0);
}
