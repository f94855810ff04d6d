/// Raw registers and memory into argument values, by the formats of [trapline.abi].
package trapline.decode;
