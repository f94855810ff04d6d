/// Machine code: decodes x86-64 instructions and prints them in AT&T syntax as objdump does.
package trapline.code;
