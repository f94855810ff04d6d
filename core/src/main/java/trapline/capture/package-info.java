/// How a session gets the calls of programs: one interface for whatever sees them.
package trapline.capture;
