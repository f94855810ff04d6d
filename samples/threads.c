/* Four threads that each write through a pipe to the main thread, and one process that is forked.
 *
 *   ./trapline follow --call write,read samples/threads.c
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4

static int pipe_ends[2];

static void *say_hello(void *argument)
{
	char text[32];
	int length = snprintf(text, sizeof(text), "hello from thread %d\n", *(int *)argument);

	if (write(pipe_ends[1], text, (size_t)length) != length)
		perror("write");
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	int numbers[THREADS];
	char buffer[256];
	ssize_t length;

	if (pipe(pipe_ends) < 0) {
		perror("pipe");
		return EXIT_FAILURE;
	}
	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		int error = pthread_create(&threads[i], NULL, say_hello, &numbers[i]);
		if (error) {
			fprintf(stderr, "pthread_create: %s\n", strerror(error));
			return EXIT_FAILURE;
		}
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);

	pid_t child = fork();
	if (child < 0) {
		perror("fork");
		return EXIT_FAILURE;
	}
	if (child == 0) {
		static const char text[] = "hello from the child\n";
		_exit(write(pipe_ends[1], text, sizeof(text) - 1) < 0);
	}
	close(pipe_ends[1]);
	while ((length = read(pipe_ends[0], buffer, sizeof(buffer))) > 0)
		fwrite(buffer, 1, (size_t)length, stdout);
	if (waitpid(child, NULL, 0) < 0) {
		perror("waitpid");
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
