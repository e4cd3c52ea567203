"""One code with an event loop and without."""

import asyncio
import threading

import pytest

from pyconfhoard.hoard.bridge import Pace, Turn, loop_runs, offload, run_sync


async def answer():
    return 42


class TestRunSync:
    def test_gives_what_the_coroutine_returns(self):
        assert run_sync(answer()) == 42

    def test_passes_on_what_it_raises(self):
        async def fail():
            raise KeyError("x")

        with pytest.raises(KeyError):
            run_sync(fail())

    def test_refuses_one_that_has_to_wait(self):
        async def wait():
            await asyncio.sleep(0)

        with pytest.raises(RuntimeError, match="asynchronous twin"):
            run_sync(wait())

    def test_refuses_inside_a_loop(self):
        async def main():
            assert loop_runs()
            with pytest.raises(RuntimeError, match="await"):
                run_sync(answer())

        asyncio.run(main())
        assert not loop_runs()


class TestOffload:
    def test_is_at_once_without_a_loop(self):
        assert run_sync(offload(threading.current_thread)) is threading.current_thread()

    def test_is_another_thread_beside_a_loop(self):
        assert asyncio.run(offload(threading.current_thread)) is not threading.current_thread()


class TestTurn:
    def test_is_first_come_first_served(self):
        turn, order = Turn(), []

        async def one(number):
            async with turn:
                order.append(number)
                await asyncio.sleep(0)
                order.append(number)

        async def main():
            await asyncio.gather(*(one(number) for number in range(5)))

        asyncio.run(main())
        assert order == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]

    def test_serves_one_loop_after_another_and_none(self):
        turn = Turn()

        async def crowd():
            async def one():
                async with turn:
                    await asyncio.sleep(0)

            await asyncio.gather(one(), one(), one())

        async def alone():
            async with turn:
                return "done"

        asyncio.run(crowd())
        assert run_sync(alone()) == "done"
        asyncio.run(crowd())

    def test_is_held_against_threads_too(self):
        turn, order = Turn(), []
        entered, leave = threading.Event(), threading.Event()

        async def in_thread():
            async with turn:
                entered.set()
                leave.wait()
                order.append("thread")

        async def in_loop():
            entered.wait()
            waiting = asyncio.ensure_future(second())
            await asyncio.sleep(0)
            leave.set()
            await waiting

        async def second():
            async with turn:
                order.append("loop")

        thread = threading.Thread(target=lambda: run_sync(in_thread()))
        thread.start()
        asyncio.run(in_loop())
        thread.join()
        assert order == ["thread", "loop"]

    def test_is_given_back_when_one_who_waits_is_cancelled(self):
        turn = Turn()

        async def hold(until):
            async with turn:
                await until.wait()

        async def main():
            until = asyncio.Event()
            holder = asyncio.ensure_future(hold(until))
            await asyncio.sleep(0)
            waiter = asyncio.ensure_future(hold(until))
            await asyncio.sleep(0)
            waiter.cancel()
            until.set()
            await holder
            async with asyncio.timeout(5):
                await hold(until)

        asyncio.run(main())


class TestPace:
    def test_work_leaves_the_loop_while_it_is_long(self):
        moments = iter([0.0, 1.0, 1.0, 1.001, 1.001, 1.002])
        pace = Pace(0.005, clock=lambda: next(moments))

        async def main():
            return [await pace.run(threading.get_ident) for _ in range(3)]

        first, second, third = asyncio.run(main())
        here = threading.get_ident()
        assert first != here, "the first time counts as long"
        assert second != here, "it took a second"
        assert third == here, "it took a millisecond"

    def test_what_the_work_raises_comes_back(self):
        async def main():
            with pytest.raises(KeyError):
                await Pace().run(lambda: {}["x"])

        asyncio.run(main())
