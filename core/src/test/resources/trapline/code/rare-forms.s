# Forms that compilers seldom emit, for DecoderAgainstObjdumpTest.
	.text
rare:
# prefixes
	.byte 0x66,0x66,0x66,0x2e,0x0f,0x1f,0x84,0,0,0,0,0
	.byte 0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x90
	.byte 0x48,0x66,0x90
	.byte 0x40,0x90
	.byte 0x4f,0x90
	.byte 0x66,0x48,0x01,0xc0
	.byte 0x66,0x48,0x8d,0x3d,0,0,0,0
	.byte 0x66,0x66,0x48,0xe8,0,0,0,0
	.byte 0xf3,0x01,0x00
	.byte 0xf2,0x01,0x00
	.byte 0x2e,0x74,0x00
	.byte 0x3e,0x75,0x00
	.byte 0x36,0x8b,0x00
	.byte 0x26,0x8b,0x00
	.byte 0xf3,0xc3
	.byte 0x48,0xff,0xe0
	.byte 0x48,0x9b
	.byte 0x9b,0xd9,0x38
	.byte 0x66,0x9b
	.byte 0x66,0xe8,0,0
	.byte 0x66,0xc3
	.byte 0x67,0xe3,0x00
	.byte 0x41,0x8b,0x04,0x64
	.byte 0x8b,0x04,0x20
	.byte 0x8b,0x04,0xa5,0,0,0,0
	.byte 0x67,0x8b,0x04,0x25,0,0,0,0
	.byte 0x06
	.byte 0x0f,0xff,0x00
	.byte 0xd6
	.byte 0x0f,0x0a
	.byte 0xc4,0xe4,0x7c,0x58,0xc1
	lock addl $1,(%rax)
	lock cmpxchg16b (%rdi)
	xacquire lock incl (%rax)
	xrelease lock decq 8(%rbx)
	xrelease movl $1,(%rax)
	xacquire xchg %eax,(%rdx)
	bnd call rare
	bnd jmp *%rax
	bnd ret
	notrack jmp *%rax
	notrack call *8(%rax)
	notrack jmp *%r11
	data16 syscall
	addr32 mov (%eax),%eax
	mov %eax,0x10(%eip)
	rex.W nop
# general
	endbr64
	endbr32
	nopw %cs:0x0(%rax,%rax,1)
	xchg %ax,%ax
	xchg %rax,%r8
	pause
	movabs $0x1122334455667788,%rax
	movabs 0x1122334455667788,%al
	movabs %rax,0x8877665544332211
	movabs %fs:0x1122334455667788,%eax
	mov %fs:0x28,%rax
	mov %fs:0xfffffffffffffff8,%rcx
	mov %gs:(%rax,%rbx,4),%ecx
	mov -0x10(,%r9,8),%r10
	mov 0x10,%eax
	mov %ah,%bh
	mov %spl,%sil
	mov %es,%eax
	mov %ds,(%rax)
	mov %ax,%ss
	mov %cr0,%rax
	mov %rbx,%cr8
	mov %db7,%rcx
	mov %rdx,%db0
	movsbl %al,%ecx
	movzwl (%rax),%edx
	movslq %eax,%rbx
	movsbw (%rcx),%ax
	cbtw
	cwtl
	cltq
	cwtd
	cltd
	cqto
	enter $0x10,$1
	leave
	leavew
	lretl
	lretl $8
	lretq
	iretl
	iretq
	iretw
	ret $0x10
	int $0x80
	int3
	int1
	syscall
	sysretl
	sysretq
	sysenter
	sysexitl
	hlt
	ud2
	ud1 %eax,%ecx
	in $0x10,%al
	in (%dx),%eax
	out %ax,(%dx)
	out %al,$0x80
	movsb
	movsq
	rep movsl
	rep stosq
	repz cmpsb
	repnz scasb
	lodsw
	rep insb
	rep outsl
	xlat
	pushf
	pushfw
	popf
	push $-1
	pushw $-1
	push $0x12345678
	push %fs
	pop %gs
	pushw (%rax)
	push (%rax)
	pop 8(%rax)
	call *(%rax)
	ljmp *(%rax)
	lcall *(%rax)
	loop .
	loopne .
	jrcxz .
	jecxz .
	xbegin rare
	xabort $1
	xend
	xtest
	shld $3,%eax,%ebx
	shrd %cl,%rax,(%rbx)
	shl %eax
	sarq (%rax)
	rclb $3,(%rbx)
	ror %cl,%r8w
	bt $5,%eax
	btsl $6,(%rax)
	btc %rax,%rbx
	bsf %eax,%ebx
	tzcnt %eax,%ebx
	lzcnt (%rax),%rcx
	popcnt %r8w,%r9w
	bswap %r11
	xadd %al,(%rcx)
	cmpxchg %rax,(%rcx)
	cmpxchg8b (%rdi)
	movbe (%rax),%ecx
	movbe %r8,(%rax)
	crc32b (%rax),%ecx
	crc32q %rax,%rdx
	adcx %eax,%ebx
	adox (%rax),%rcx
	rdrand %rax
	rdseed %cx
	rdpid %rax
	rdtscp
	rdfsbase %rax
	wrgsbase %ecx
	rdsspq %rax
	rdsspd %eax
	incsspq %rax
	saveprevssp
	rstorssp (%rax)
	wrssq %rax,(%rbx)
	setssbsy
	clrssbsy (%rax)
	cpuid
	lfence
	mfence
	sfence
	clflush (%rax)
	clflushopt (%rax)
	clwb (%rax)
	prefetchnta (%rax)
	prefetcht0 8(%rax)
	prefetchw (%rax)
	fxsave64 (%rax)
	fxrstor (%rax)
	xsave (%rax)
	xsavec64 (%rax)
	xrstor64 (%rax)
	xsaveopt (%rbx)
	xgetbv
	ldmxcsr (%rax)
	stmxcsr (%rax)
	monitor
	mwait
	swapgs
	clac
	stac
	invlpg (%rax)
	invpcid (%rax),%rbx
	vmcall
	vmread %rax,%rbx
	vmptrld (%rax)
	sgdt (%rax)
	lidt (%rax)
	smsw %eax
	lmsw %ax
	sldt %eax
	str (%rax)
	lar %ax,%ecx
	wrmsr
	umonitor %rax
	umwait %eax
	tpause %ecx
	movdiri %eax,(%rbx)
	movdir64b (%rax),%rcx
	enqcmd (%rax),%rcx
	serialize
	wbnoinvd
	ptwriteq (%rax)
	bndmk (%rax),%bnd1
	bndcl %rax,%bnd2
	bndmov %bnd1,%bnd3
# x87
	fld %st(3)
	flds (%rax)
	fldl 8(%rax)
	fldt (%rsp)
	fstpt (%rsp)
	fildll (%rax)
	fistpl (%rax)
	fisttpll (%rax)
	fadd %st(2),%st
	fadd %st,%st(2)
	faddp %st,%st(1)
	fsubrp %st,%st(2)
	fdivs (%rax)
	fidivl (%rax)
	fcomi %st(1),%st
	fucomip %st(1),%st
	fcmovnbe %st(3),%st
	fxch %st(1)
	fnstcw (%rax)
	fstcw (%rax)
	fldcw (%rax)
	fnstsw %ax
	fnstenv (%rax)
	fldenv (%rax)
	fnsave (%rax)
	frstor (%rax)
	fninit
	fnclex
	fsqrt
	fscale
	f2xm1
	fyl2xp1
	fbld (%rax)
	fbstp (%rax)
	ffreep %st(2)
	fucompp
	fld1
	fldpi
# MMX and SSE
	emms
	movd %eax,%mm1
	movq %mm1,%rax
	movq (%rax),%mm3
	paddb %mm1,%mm2
	pshufw $3,%mm1,%mm2
	pmovmskb %mm1,%eax
	movntq %mm1,(%rax)
	maskmovq %mm1,%mm2
	cvtpi2ps %mm1,%xmm2
	movq2dq %mm1,%xmm2
	movss (%rax),%xmm1
	movsd %xmm1,%xmm2
	movhlps %xmm1,%xmm2
	movlps (%rax),%xmm1
	movhpd %xmm9,(%rax)
	cvtsi2sd %eax,%xmm1
	cvtsi2sdl (%rax),%xmm1
	cvtsi2ssq (%rax),%xmm1
	cvttsd2si %xmm1,%rax
	cmpltps %xmm1,%xmm2
	cmpps $9,%xmm1,%xmm2
	cmpunordsd (%rax),%xmm2
	pclmullqhqdq %xmm1,%xmm2
	pclmulqdq $5,%xmm1,%xmm2
	pinsrw $3,%eax,%xmm1
	pextrw $3,%xmm1,%eax
	pextrb $3,%xmm1,(%rax)
	pinsrq $1,%rax,%xmm3
	insertps $3,(%rax),%xmm1
	pblendvb %xmm0,%xmm1,%xmm2
	roundsd $3,%xmm1,%xmm2
	palignr $3,%mm1,%mm2
	aesenc %xmm1,%xmm2
	aeskeygenassist $1,%xmm1,%xmm2
	sha256rnds2 %xmm0,%xmm1,%xmm2
	sha1rnds4 $1,%xmm1,%xmm2
	lddqu (%rax),%xmm1
	movntdqa (%rax),%xmm1
	extrq $2,$1,%xmm1
	insertq $2,$1,%xmm1,%xmm2
	movntsd %xmm1,(%rax)
	pfadd %mm1,%mm2
	femms
# VEX
	vaddps %xmm1,%xmm2,%xmm3
	vaddpd (%rax),%ymm2,%ymm13
	vcmpneq_oqps %ymm1,%ymm2,%ymm3
	vcmpltsd %xmm1,%xmm2,%xmm3
	vblendvps %xmm1,%xmm2,%xmm3,%xmm4
	vgatherdps %xmm1,(%rax,%xmm2,4),%xmm3
	vgatherqpd %ymm1,(%rax,%ymm2,8),%ymm3
	vpgatherdq %ymm1,8(%rax,%xmm2,8),%ymm3
	vfmadd231sd %xmm1,%xmm2,%xmm3
	vfmsubadd213ps (%rax),%ymm2,%ymm3
	vcvtsi2sdq (%rax),%xmm1,%xmm2
	vcvtsi2ss %eax,%xmm1,%xmm2
	vcvtpd2psx (%rax),%xmm1
	vcvtpd2psy (%rax),%xmm1
	vpclmulqdq $17,%xmm1,%xmm2,%xmm3
	vextracti128 $1,%ymm1,(%rax)
	vperm2f128 $3,%ymm1,%ymm2,%ymm3
	vbroadcastss (%rax),%ymm1
	vmaskmovps (%rax),%ymm1,%ymm2
	vmovmskpd %ymm1,%eax
	vpinsrb $3,%eax,%xmm1,%xmm2
	vpsllw $3,%ymm1,%ymm2
	vzeroupper
	vzeroall
	andn %eax,%ebx,%ecx
	bextr %rax,(%rbx),%rcx
	blsr %eax,%ebx
	mulx (%rax),%rbx,%rcx
	pdep %rax,%rbx,%rcx
	rorx $3,%eax,%ebx
	sarx %eax,(%rbx),%ecx
	kmovw %k1,%k2
	kmovq %rax,%k3
	kmovd %k3,%ecx
	kmovb (%rax),%k1
	kandnq %k1,%k2,%k3
	kortestw %k1,%k2
	kshiftrq $3,%k1,%k2
	kunpckbw %k1,%k2,%k3
	{vex} vpdpbusd %xmm1,%xmm2,%xmm3
	tdpbssd %tmm1,%tmm2,%tmm3
	tileloadd (%rax,%rbx,1),%tmm1
	tilerelease
	tilezero %tmm3
# EVEX
	vaddps %zmm1,%zmm2,%zmm3
	vaddps %zmm1,%zmm2,%zmm3{%k1}
	vaddps %zmm1,%zmm2,%zmm3{%k7}{z}
	vaddps (%rax){1to16},%zmm2,%zmm30
	vaddpd 8(%rax){1to4},%ymm2,%ymm30
	vaddps {rn-sae},%zmm1,%zmm2,%zmm3
	vaddsd {rz-sae},%xmm1,%xmm2,%xmm3
	vaddps 0x40(%rax),%zmm2,%zmm3
	vaddps 0x41(%rax),%zmm2,%zmm3
	vaddps -0x2000(%rax),%zmm2,%zmm3
	{evex} vaddps %xmm1,%xmm2,%xmm3
	vmovdqu8 (%rax),%xmm16
	vmovdqu16 %ymm1,(%rax){%k2}
	vmovdqa64 %zmm1,%zmm2{%k1}{z}
	vmovss 4(%rax),%xmm17
	vmovsd %xmm16,%xmm17,%xmm18{%k1}
	vcmpeqps %zmm1,%zmm2,%k1
	vcmpltpd {sae},%zmm1,%zmm2,%k1{%k3}
	vpcmpub $5,%zmm1,%zmm2,%k1
	vpcmpeqd %zmm1,%zmm2,%k1
	vpcmpnleq (%rax){1to8},%zmm2,%k1
	vptestnmb %zmm1,%zmm2,%k1{%k2}
	vpternlogd $0xca,(%rax){1to8},%ymm2,%ymm3
	vpermi2d %zmm1,%zmm2,%zmm3
	vpermt2w %zmm1,%zmm2,%zmm3
	vgatherdps (%rax,%zmm1,4),%zmm2{%k1}
	vgatherdpd 8(%rax,%ymm17,8),%zmm2{%k1}
	vpscatterqd %ymm1,(%rax,%zmm2,4){%k1}
	vscatterdpd %zmm3,(%rax,%ymm2,8){%k1}
	vgatherpf0dps (%rax,%zmm1,4){%k1}
	vcompresspd %zmm1,(%rax){%k1}
	vpexpandd (%rax),%ymm1{%k1}{z}
	vpmovqb %zmm1,(%rax)
	vpmovusdw %zmm1,%ymm2{%k1}
	vcvtps2ph $3,%zmm1,(%rax)
	vcvtph2ps {sae},%ymm1,%zmm2
	vcvttps2udq {sae},%zmm1,%zmm2
	vcvtsi2ss %rax,{rd-sae},%xmm1,%xmm2
	vcvtusi2sdl %eax,%xmm1,%xmm2
	vcvtsd2usi {ru-sae},%xmm1,%rax
	vcvtpd2ps (%rax){1to2},%xmm1
	vrndscaleps $3,{sae},%zmm1,%zmm2
	vrangesd $3,{sae},%xmm1,%xmm2,%xmm3
	vfixupimmpd $3,(%rax){1to8},%zmm1,%zmm2
	vfpclasspsz $3,(%rax),%k1
	vgetmantps $3,{sae},%zmm1,%zmm2
	vreducepd $3,%zmm1,%zmm2
	vscalefps {rn-sae},%zmm1,%zmm2,%zmm3
	vpbroadcastd %eax,%zmm1
	vpbroadcastmb2q %k1,%zmm1
	vpmovm2b %k1,%zmm1
	vpmovd2m %zmm1,%k1
	vinserti64x4 $1,%ymm1,%zmm2,%zmm3
	vextractf32x4 $3,%zmm1,(%rax){%k1}
	valignq $3,%zmm1,%zmm2,%zmm3
	vpconflictd (%rax){1to16},%zmm1
	vplzcntq %zmm1,%zmm2
	vpmadd52luq (%rax){1to8},%zmm1,%zmm2
	vpopcntb %zmm1,%zmm2{%k1}
	vpshldvd %zmm1,%zmm2,%zmm3
	vpshufbitqmb %zmm1,%zmm2,%k1
	vdpbf16ps %zmm1,%zmm2,%zmm3
	vcvtneps2bf16 (%rax){1to16},%ymm1
	vp2intersectd %zmm1,%zmm2,%k2
	vpdpbusd (%rax){1to16},%zmm1,%zmm2
	vgf2p8affineqb $3,(%rax){1to8},%zmm1,%zmm2
	vaesenc %zmm1,%zmm2,%zmm3
	vpclmulhqhqdq %zmm1,%zmm2,%zmm3
	vdbpsadbw $3,%zmm1,%zmm2,%zmm3
	vaddph (%rax){1to32},%zmm1,%zmm2
	vfmadd132sh {rn-sae},%xmm1,%xmm2,%xmm3
	vmovw %eax,%xmm1
	vcvtph2pd (%rax){1to8},%zmm1
	vfcmaddcph (%rax){1to16},%zmm1,%zmm2
	v4fmaddps (%rax),%zmm0,%zmm1
	vmovntdq %zmm1,(%rax)
	vpextrw $3,%xmm17,%eax
	vpinsrd $3,(%rax),%xmm17,%xmm18
	vextractps $3,%xmm17,(%rax)
# XOP and others of AMD
	vpcomltb %xmm1,%xmm2,%xmm3
	vprotb $3,%xmm1,%xmm2
	vpcmov %xmm1,%xmm2,%xmm3,%xmm4
	vfrczps (%rax),%xmm1
	blcfill %eax,%ebx
	tzmsk (%rax),%rbx
	bextr $0x1234,%eax,%ebx
	lwpval $0x1234,%eax,%ebx
	vpermil2pd $1,%xmm1,%xmm2,%xmm3,%xmm4
	vfmaddps %xmm1,%xmm2,%xmm3,%xmm4
	clzero
	monitorx
	vmrun
	skinit
	rdpru
