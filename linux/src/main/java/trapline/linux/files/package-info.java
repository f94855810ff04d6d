/// Directories and files that Trapline writes, so that no other user can make it write or remove
/// anything else; and files that somebody else named, so that looking at them does no harm.
package trapline.linux.files;
