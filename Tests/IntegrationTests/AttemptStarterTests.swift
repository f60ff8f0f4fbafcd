import Foundation
import Logging
import Swell
import SwellPostgres
import Synchronization
import Testing

@testable import SwellCore
@testable import SwellEngine

@Suite struct AttemptStarterTests {
  /// Under full load there is always more: what was executed, with its input, must not stay for as long.
  @Test func `what was executed is let go of while others wait`() throws {
    let isOver = Flag()
    let host = AttemptHost(
      // No database is reached before a node asks for one.
      room: TransactionRoom(
        worker: .random(), recorder: 0, mailbox: Mailbox(),
        database: PostgresPool(
          configuration: PostgresConfiguration("host=/nowhere"), reactor: try Reactor.shared(),
          size: 1, waitLimit: .seconds(1)),
        callTimeout: .seconds(1), faults: nil),
      secrets: SecretStore(), logger: Logger(label: "test"), maxOutputBytes: 1 << 20)
    func runner(_ kind: RawHandlerNode, _ index: Int) -> AttemptRunner {
      AttemptRunner(
        request: NodeRequest(
          run: .random(), workflow: "w",
          definition: NodeReference(Node(id: "a", role: .sink, kind: kind.kind)), with: nil,
          origin: .random(), item: 0, iteration: 0, attempt: 1, wave: 0, input: .null,
          timeout: .seconds(60), handle: AttemptHandle(token: 1, hold: 1, node: index), host: host),
        entry: KindRegistry.Entry(kind: kind, permits: nil), probe: nil)
    }

    let starter = AttemptStarter()
    weak var executed: AttemptRunner?
    do {
      let quick = runner(RawHandlerNode("quick") { input, _ in input }, 0)
      executed = quick
      // More than there are threads, so that some wait until this is over.
      let slow = RawHandlerNode("slow") { input, _ in
        while !isOver.isSet { sched_yield() }
        return input
      }
      let count = ProcessInfo.processInfo.activeProcessorCount + 4
      starter.start([quick] + (1...count).map { runner(slow, $0) })
    }
    let end = ContinuousClock.now + .seconds(10)
    while executed != nil, ContinuousClock.now < end { sched_yield() }
    #expect(executed == nil)
    isOver.set()
  }

  private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
  }
}
