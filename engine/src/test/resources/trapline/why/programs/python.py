#!/usr/bin/python3
# Subprocesses, forks, threads and temporary files.
import os, subprocess, tempfile, threading
def fails(path):
    try: os.stat(path)
    except OSError: pass
if os.path.exists("/proc/config.gz"):
    subprocess.run("zcat /proc/config.gz | head -1", shell=True, stdout=subprocess.DEVNULL)
with tempfile.TemporaryDirectory() as folder:
    for i in range(8):
        fails(f"{folder}/missing-{100 + i}")
        subprocess.run(["cat", f"{folder}/missing-{200 + i}"], stderr=subprocess.DEVNULL)
        subprocess.run(f"cat {folder}/{os.getpid()}.missing-{300 + i}", shell=True, stderr=subprocess.DEVNULL)
        if os.fork() == 0:
            fails(f"{folder}/p{os.getpid()}/missing-{400 + i}")
            os._exit(0)
        os.wait()
        thread = threading.Thread(target=fails, args=(f"{folder}/missing-{500 + i}",))
        thread.start()
        thread.join()
