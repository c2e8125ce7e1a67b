"""A private MariaDB server on a socket in a temporary folder."""
import os
import shutil
import subprocess
import tempfile
import time


class MariaDb:
    """Starts the server; .url is what [database] url wants.  durable: an fsync for each commit.

    kill and start again play an outage; the data stays.
    """

    def __init__(self, durable=False, name="desk"):
        self.folder = tempfile.mkdtemp(prefix="postdesk-mariadb-")
        self.durable = durable
        data, self.socket = os.path.join(self.folder, "data"), os.path.join(self.folder, "s")
        user = ["--user=root"] if os.geteuid() == 0 else []
        # servers that share a folder for temporary tables take each other's away
        subprocess.run(["mariadb-install-db", "--no-defaults", "--datadir=" + data, "--tmpdir=" + self.folder, "--auth-root-authentication-method=normal",
                        "--skip-test-db", *user], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.start()
        self.create(name)
        self.url = self.url_of(name)

    def start(self):
        user = ["--user=root"] if os.geteuid() == 0 else []
        server = shutil.which("mariadbd", path="/usr/sbin:/usr/bin")
        self.child = subprocess.Popen(
            [server, "--no-defaults", "--datadir=" + os.path.join(self.folder, "data"), "--tmpdir=" + self.folder, "--socket=" + self.socket, "--skip-networking", *user,
             "--innodb-flush-log-at-trx-commit=%d" % (1 if self.durable else 2), "--innodb-buffer-pool-size=256M",
             "--pid-file=" + os.path.join(self.folder, "pid")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while subprocess.run(["mariadb", "--no-defaults", "-S", self.socket, "-u", "root", "-e", "SELECT 1"],
                             capture_output=True).returncode:
            if self.child.poll() is not None or time.monotonic() > end:
                self.close()
                raise RuntimeError("mariadbd does not start")
            time.sleep(0.1)

    def create(self, name):
        """A further database; returns its URL."""
        subprocess.run(["mariadb", "--no-defaults", "-S", self.socket, "-u", "root", "-e", "CREATE DATABASE " + name], check=True)
        return self.url_of(name)

    def url_of(self, name):
        return "mysql://root@localhost/%s?socket=%s" % (name, self.socket)

    def kill(self):
        self.child.kill()
        self.child.wait()

    def close(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
