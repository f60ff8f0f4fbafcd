import SwellPostgres
import Synchronization
import Testing

@testable import SwellPostgres

struct ReactorTests {
  @Test func `timers run in order, never early`() async throws {
    let reactor = try Reactor(name: "timers")
    defer { reactor.stop() }
    let clock = ContinuousClock()
    let start = clock.now
    let seen = Mutex<[(Int, Duration)]>([])
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      // On the reactor, where none can come up before all are there.
      reactor.perform {
        for milliseconds in [20, 5, 12] {
          _ = reactor.schedule(after: .milliseconds(milliseconds)) {
            let count = seen.withLock { seen in
              seen.append((milliseconds, start.duration(to: clock.now)))
              return seen.count
            }
            if count == 3 { continuation.resume() }
          }
        }
      }
    }
    let all = seen.withLock { $0 }
    #expect(all.map(\.0) == [5, 12, 20])
    for (asked, passed) in all { #expect(passed >= .milliseconds(asked)) }
    print("timers late by", all.map { $0.1 - .milliseconds($0.0) })
  }

  @Test func `a cancelled timer does not run`() async throws {
    let reactor = try Reactor(name: "cancelled")
    defer { reactor.stop() }
    let ran = Atomic<Bool>(false)
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      // On the reactor, where it cannot come up before it is cancelled.
      reactor.perform {
        let token = reactor.schedule(after: .milliseconds(5)) {
          ran.store(true, ordering: .relaxed)
        }
        reactor.cancel(token)
        _ = reactor.schedule(after: .milliseconds(10)) { continuation.resume() }
      }
    }
    let hasRun = ran.load(ordering: .relaxed)
    #expect(!hasRun)
  }

  @Test func `many timers come up in the order of their deadlines`() {
    var queue = TimerQueue()
    let order = Mutex<[UInt64]>([])
    var deadlines: [UInt64] = []
    for id in 0..<500 as Range<UInt64> {
      let deadline = UInt64.random(in: 0..<1000)
      queue.insert(id, at: deadline) { order.withLock { $0.append(deadline) } }
      if id % 3 == 0 { queue.cancel(id) } else { deadlines.append(deadline) }
    }
    while let body = queue.takeDue(at: .max) { body() }
    #expect(order.withLock { $0 } == deadlines.sorted())
    #expect(queue.next == nil)
  }

  @Test func `a task that prefers the reactor runs there, and its handlers elsewhere`()
    async throws
  {
    let reactor = try Reactor(name: "executor")
    defer { reactor.stop() }
    let task = Task(executorPreference: reactor) {
      let here = reactor.isCurrent
      let child = await withTaskGroup(of: Bool.self) { group in
        group.addTask { reactor.isCurrent }
        return await group.next()
      }
      let away = await withTaskExecutorPreference(globalConcurrentExecutor) {
        await elsewhere(reactor)
      }
      return (here, child, away, reactor.isCurrent)
    }
    let (here, child, away, back) = await task.value
    #expect(here && child == true && !away && back)
  }

  @Test func `an actor may live on the reactor`() async throws {
    let reactor = try Reactor(name: "actor")
    let tenant = Tenant(reactor)
    #expect(await tenant.isAtHome())
    reactor.stop()
  }

  @Test func `after the end nothing runs`() async throws {
    let reactor = try Reactor(name: "stopped")
    let count = Mutex(0)
    let task = Task(executorPreference: reactor) {
      while true {
        count.withLock { $0 += 1 }
        await Task.yield()
      }
    }
    while count.withLock({ $0 }) < 10 { await Task.yield() }
    reactor.stop()
    let last = count.withLock { $0 }
    #expect(!reactor.perform { count.withLock { $0 += 1 } })
    for _ in 0..<1000 { await Task.yield() }
    #expect(count.withLock { $0 } == last)
    reactor.stop()
    task.cancel()
  }
}

@concurrent private func elsewhere(_ reactor: Reactor) async -> Bool {
  reactor.isCurrent
}

private actor Tenant {
  let reactor: Reactor

  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.asUnownedSerialExecutor() }

  init(_ reactor: Reactor) {
    self.reactor = reactor
  }

  func isAtHome() -> Bool {
    assertIsolated()
    return reactor.isCurrent
  }
}
