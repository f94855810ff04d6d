/// Follows a program's system calls: drives the tracer, builds journeys and hands them on.
package trapline.follow;
