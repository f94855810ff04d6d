/// Reads archives and compressed data that others made: to their ends, and within bounds.
package trapline.archive;
