/* Passphrases, from the terminal whatever standard input is. */
#include "cli_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define LOOK_MS 100

/* One line, without its end.  false: it does not fit, or the user gave up. */
static bool
read_line(int tty, bool (*interrupted)(void *), unsigned char *answer, size_t room, size_t *n)
{
    for (*n = 0;;)
    {
        struct pollfd p = {.fd = tty, .events = POLLIN};
        unsigned char c;

        if (interrupted(NULL))
            return false;
        if (poll(&p, 1, LOOK_MS) <= 0)
            continue;
        if (read(tty, &c, 1) != 1)
        {
            if (errno == EINTR || errno == EAGAIN)
                continue;
            return false;
        }
        if (c == '\n' || c == '\r')
            return true;
        if (*n == room)
            return false;
        answer[(*n)++] = c;
    }
}

bool
cli_ask(const char *prompt, bool (*interrupted)(void *), unsigned char *answer, size_t room,
        size_t *n)
{
    const int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios shown, hidden;
    bool answered = false;

    if (tty >= 0 && tcgetattr(tty, &shown) == 0)
    {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t) ECHO;
        if (tcsetattr(tty, TCSAFLUSH, &hidden) == 0)
        {
            (void) !write(tty, prompt, strlen(prompt));
            answered = read_line(tty, interrupted, answer, room, n);
            (void) tcsetattr(tty, TCSAFLUSH, &shown);
            (void) !write(tty, "\n", 1);
        }
    }
    if (tty >= 0)
        (void) close(tty);
    return answered;
}
