import os
import shutil
import signal
import subprocess
import sys

import psutil
import psycopg
import pytest
import redis

from crm.devtools import postgres, valkey
from crm.devtools.processes import CannotStart, wait_until
from crm.devtools.servers import forget_data
from tests.devtools.conftest import all_gone, devtools

SHOW_URLS = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'])"
WAIT = "import sys; sys.stdin.read()"
ASK_BOTH = """
import os, psycopg, redis
redis.Redis.from_url(os.environ["REDIS_URL"]).set("seen", "ja")
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    query = "SELECT upper('blåbær'), datlocprovider, datlocale, current_user"
    query += " FROM pg_database WHERE datname = current_database()"
    print(*connection.execute(query).fetchone())
"""


def run(data, *command):
    process = devtools(data, "run", "--", *command)
    said, complained = process.communicate(timeout=60)
    return process.returncode, said.strip(), complained.strip()


def python(code):
    return [sys.executable, "-c", code]


def waiting_run(data):
    """Start a run that shows its URLs and then waits for its input to end."""
    process = devtools(
        data,
        *("run", "--", *python(f"{SHOW_URLS}\nprint(flush=True)\n{WAIT}")),
        stdin=subprocess.PIPE,
    )
    return process, process.stdout.readline().split()


def test_a_command_finds_both_servers_in_a_folder_with_spaces_and_å(used_data):
    assert run(used_data, *python(f"{ASK_BOTH}\nraise SystemExit(7)")) == (
        7,
        "BLÅBÆR b C.UTF-8 gjensyn",
        "",
    )
    assert all_gone(used_data)


def test_a_command_that_was_killed_gives_the_exit_code_of_a_shell(used_data):
    assert run(used_data, "sh", "-c", "kill -9 $$")[0] == 137


def test_a_command_that_does_not_exist_is_named(used_data):
    code, _said, complained = run(used_data, "/no/such/program")

    assert code == 127
    assert complained == "/no/such/program cannot be run: No such file or directory."


def test_no_command_at_all_is_a_sentence(used_data):
    assert run(used_data) == (
        1,
        "",
        "Name a command: python -m crm.devtools run -- COMMAND…",
    )


def test_a_second_command_uses_the_servers_of_the_first(used_data):
    first, urls = waiting_run(used_data)

    second = run(used_data, *python(SHOW_URLS))[1].split()
    first.communicate("", timeout=20)

    assert second == urls
    assert all_gone(used_data)


def test_servers_stay_until_the_last_command_that_uses_them_is_done(used_data):
    first, _urls = waiting_run(used_data)
    second, _urls = waiting_run(used_data)

    first.stdin.close()
    first.stdin = None
    still_there = not wait_until(lambda: first.poll() is not None, seconds=0.5)
    second.communicate("", timeout=20)
    first.communicate(timeout=20)

    assert still_there
    assert (first.returncode, second.returncode) == (0, 0)


def test_nothing_is_left_when_the_run_is_killed(used_data):
    process, _urls = waiting_run(used_data)

    process.kill()
    process.communicate()

    assert all_gone(used_data)
    assert run(used_data, "true")[0] == 0


def test_a_database_killed_together_with_its_run_starts_again(used_data):
    process, _urls = waiting_run(used_data)
    pid = int((used_data / "postgres/cluster/postmaster.pid").read_text().split()[0])

    os.kill(pid, signal.SIGKILL)
    process.kill()
    process.communicate()

    assert run(used_data, *python(ASK_BOTH))[0] == 0


@pytest.mark.parametrize("pid", ["1", "me", "999999", "nonsense"])
def test_a_stale_pid_file_does_not_stand_in_the_way(used_data, pid):
    pid_file = used_data / "postgres/cluster/postmaster.pid"
    pid_file.write_text(f"{os.getpid() if pid == 'me' else pid}\n/x\n1\n5432\n")

    server = postgres.start_postgres(used_data / "postgres")

    assert server.child.is_running
    server.stop()


def test_a_polite_signal_reaches_the_command(used_data):
    process, _urls = waiting_run(used_data)

    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)

    assert process.returncode == 128 + signal.SIGTERM
    assert all_gone(used_data)


def test_a_server_that_outlived_its_parent_is_stopped_first(new_data):
    orphan = postgres.start_postgres(new_data / "postgres")

    server = postgres.start_postgres(new_data / "postgres")

    assert not orphan.child.is_running
    assert server.child.is_running
    server.stop()


def test_a_port_that_is_taken_is_left_alone(new_data, monkeypatch):
    first = valkey.start_valkey(new_data / "first")
    ports = iter([first.port, postgres.free_port()])
    monkeypatch.setattr(valkey, "free_port", lambda: next(ports))

    second = valkey.start_valkey(new_data / "second")

    assert first.child.is_running
    assert second.port != first.port
    first.stop()
    second.stop()


def test_the_database_is_for_this_machine_and_for_those_with_the_password(new_data):
    server = postgres.start_postgres(new_data / "postgres")
    process = psutil.Process(server.child.process.pid)
    stranger = server.url("postgres").replace(server.password, "guess")

    with pytest.raises(psycopg.OperationalError, match="password authentication"):
        psycopg.connect(stranger)

    assert {
        listening.laddr.ip
        for listening in process.net_connections()
        if listening.status == psutil.CONN_LISTEN
    } == {"127.0.0.1"}
    assert process.uids().real != 0
    assert server.password not in " ".join(process.cmdline())
    assert (new_data / "postgres/password").stat().st_mode & 0o077 == 0
    server.stop()


def test_valkey_wants_the_password_and_does_not_show_it(new_data):
    server = valkey.start_valkey(new_data / "valkey")
    process = psutil.Process(server.child.process.pid)

    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(f"redis://127.0.0.1:{server.port}/0").ping()

    assert server.password not in " ".join(process.cmdline())
    assert {c.laddr.ip for c in process.net_connections()} == {"127.0.0.1"}
    server.stop()


def test_a_folder_closed_to_others_works_too(tmp_path):
    # pytest keeps its folders for their owner; PostgreSQL may run as somebody else.
    data = tmp_path / "closed"
    data.mkdir(mode=0o700)

    first = run(data, *python(ASK_BOTH))
    shutil.rmtree(data)
    data.mkdir(mode=0o700)
    anew = run(data, *python(ASK_BOTH))

    assert first[1] == anew[1] == "BLÅBÆR b C.UTF-8 gjensyn"
    forget_data(data)
    assert not data.exists()


def test_data_whose_password_is_gone_is_not_thrown_away(new_data):
    postgres.start_postgres(new_data / "postgres").stop()
    (new_data / "postgres/password").unlink()

    with pytest.raises(CannotStart, match=r"remove .* to begin anew"):
        postgres.start_postgres(new_data / "postgres")

    assert (new_data / "postgres/cluster/PG_VERSION").exists()


def test_data_of_another_postgresql_is_refused_with_a_sentence(new_data):
    cluster = new_data / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("17\n")
    (new_data / "postgres/password").write_text("kept")

    with pytest.raises(CannotStart, match="written by PostgreSQL 17"):
        postgres.start_postgres(new_data / "postgres")
