#!/bin/sh
# make with recipes that fail, and one make in another.
dir=$(mktemp -d)
cat > "$dir/Makefile" << 'M'
all: a b c d
a b c d:
	-@cat $(CURDIR)/missing-10$(words $(filter a b c d,$@))$@ 2> /dev/null
	-@[ ! -e /proc/config.gz ] || cat missing-900 2> /dev/null
	-@rm missing-20$@ 2> /dev/null
	@$(MAKE) -s inner-$@
inner-%:
	-@test -s /tmp/$$$$/missing-30$* || true
	-@cat ./missing-40$* 2> /dev/null
M
make -s -C "$dir" > /dev/null 2>&1
rm -r "$dir"
