/* A plain TCP server: prints what each client on port 8080 sends first.
 *
 *   ./trapline follow --call socket samples/socket-server.c
 *   ./trapline follow samples/socket-server.c       and elsewhere:  echo hello | nc -N localhost 8080
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 8080

int main(void)
{
	int sfd = socket(AF_INET, SOCK_STREAM, 0);
	if (sfd < 0) {
		perror("socket");
		return EXIT_FAILURE;
	}

	/* Lets the server start again while old connections still wait for their end. */
	int on = 1;
	if (setsockopt(sfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0) {
		perror("setsockopt");
		return EXIT_FAILURE;
	}

	struct sockaddr_in address;
	memset(&address, 0, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_ANY);
	address.sin_port = htons(PORT);
	if (bind(sfd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		perror("bind");
		return EXIT_FAILURE;
	}
	if (listen(sfd, 5) < 0) {
		perror("listen");
		return EXIT_FAILURE;
	}

	for (;;) {
		int client = accept(sfd, NULL, NULL);
		if (client < 0) {
			perror("accept");
			return EXIT_FAILURE;
		}
		char buffer[1024];
		ssize_t length = recv(client, buffer, sizeof(buffer), 0);
		if (length < 0)
			perror("recv");
		else
			printf("received %zd bytes: %.*s\n", length, (int)length, buffer);
		close(client);
	}
}
