/* Makes system calls in a signal handler, while another call waits: the stack of the handler's
 * calls goes through the frame that the kernel pushed.
 *
 *   ./trapline follow --call write samples/signals.c
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t ticks;

static void on_alarm(int signal)
{
	static const char text[] = "tick\n";

	(void)signal;
	if (write(STDOUT_FILENO, text, sizeof(text) - 1) == sizeof(text) - 1)
		ticks++;
	if (ticks < 3)
		alarm(1);
}

static void wait_for_alarm(const sigset_t *mask)
{
	sigsuspend(mask); /* ends with EINTR, after the handler has run */
}

int main(void)
{
	struct sigaction action;
	sigset_t blocked, before;

	/* Only sigsuspend lets the signal in, so none can come between the test and the wait. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGALRM);
	if (sigprocmask(SIG_BLOCK, &blocked, &before) < 0) {
		perror("sigprocmask");
		return EXIT_FAILURE;
	}
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_alarm;
	if (sigaction(SIGALRM, &action, NULL) < 0) {
		perror("sigaction");
		return EXIT_FAILURE;
	}
	alarm(1);
	while (ticks < 3)
		wait_for_alarm(&before);
	return EXIT_SUCCESS;
}
