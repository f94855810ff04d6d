/* Binds two sockets to one port, so that the second bind fails with EADDRINUSE.
 *
 *   ./trapline follow --call bind --all samples/bindfail.c
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0) {
		perror("socket");
		exit(EXIT_FAILURE);
	}
	return fd;
}

int main(void)
{
	int first = open_socket();
	int second = open_socket();

	/* Port 0: the kernel chooses a free one. */
	struct sockaddr_in address;
	socklen_t length = sizeof(address);
	memset(&address, 0, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(first, (struct sockaddr *)&address, sizeof(address)) < 0) {
		perror("first bind");
		return EXIT_FAILURE;
	}
	if (listen(first, 1) < 0 || getsockname(first, (struct sockaddr *)&address, &length) < 0) {
		perror("listen or getsockname");
		return EXIT_FAILURE;
	}

	int failed = bind(second, (struct sockaddr *)&address, sizeof(address));
	if (failed)
		perror("second bind");
	close(second);
	close(first);
	return failed ? EXIT_SUCCESS : EXIT_FAILURE;
}
