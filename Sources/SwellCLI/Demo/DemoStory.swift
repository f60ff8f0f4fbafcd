import ArgumentParser
import Foundation
import SwellModel
import SwellPostgres
import SwellStore

/// The demo from the first worker to the last proof.
struct DemoStory {
  private let folder: String
  private let address: String?

  init(folder: String, address: String?) {
    self.folder = folder
    self.address = address
  }

  func tell(over connection: PostgresConnection) async throws {
    let begun = ContinuousClock.now
    let place = NSTemporaryDirectory() + "swell-demo-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(
      atPath: place, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: place) }
    var workers: [DemoWorker] = []
    do {
      for number in 1...3 {
        workers.append(
          try DemoWorker(
            name: "worker-\(number)", database: address ?? "", folder: place))
      }
      let proof = try await play(workers, place: place, over: connection)
      for worker in workers { await worker.stop() }
      let took = Words.duration(ContinuousClock.now - begun)
      guard proof.isKept else {
        Terminal.line("\nThe demo failed: not all promises were kept.")
        throw ExitCode(CommandFailure.Exit.no.rawValue)
      }
      Terminal.line("\nAll promises were kept. The demo took \(took).")
    } catch {
      for worker in workers { await worker.stop() }
      if !(error is ExitCode) {
        for worker in workers { Terminal.note("--- \(worker.name)\n\(worker.logTail())") }
      }
      throw error
    }
  }

  private func play(
    _ workers: [DemoWorker], place: String, over connection: PostgresConnection
  ) async throws -> DemoProof {
    say("three workers, one workflow, over \(folder)")
    let text = String(decoding: PackageResources.folder_report_yaml, as: UTF8.self)
    let definition = try WorkflowDefinition.parse(
      text, format: .yaml, file: "Examples/folder_report.yaml")
    try await DemoTable.make(over: connection, within: DatabaseOptions.limit)
    try await awaitWorkers(workers, over: connection)
    let reply = try await ApplyCall.apply(
      definition, over: connection, within: DatabaseOptions.limit)
    for worker in workers { Terminal.line("  \(worker.name)  pid \(worker.pid)") }
    // Whoever has just connected judges nobody: a rescuer trusts two seconds of its own watching.
    try await Task.sleep(for: .milliseconds(2300))
    Terminal.line("  workflow folder_report version \(reply.version)")

    let ledger = place + "/ledger"
    let input = Payload(
      bytes: Array(try JSONEncoder().encode(DemoInput(folder: folder, ledger: ledger))))
    let run = try await EnqueueCall.enqueue(
      "folder_report", input, EnqueueOptions(), over: connection, within: DatabaseOptions.limit)
    Terminal.line("  run \(run)")
    say("what happens")
    var stage = DemoStage(run: run, workers: workers)
    try await stage.untilEnd(over: connection)
    let end = try await RunSnapshot.read(run, over: connection)

    say("the report, from the file that the run wrote")
    let sink = try await DemoSink.read(run, folder: place, over: connection)
    if let file = sink.file,
      let report = try? JSONDecoder().decode(FolderReport.self, from: Data(file))
    {
      report.write()
    } else {
      Terminal.line("  there is none: " + Words.error(end.run.error))
    }
    say("the timeline, from the tables")
    DemoTimeline(end).write()
    say("the promises, checked in the tables")
    let proof = DemoProof(end, stage: stage, ledger: DemoLedger.read(ledger), sink: sink)
    proof.write()
    return proof
  }

  private func awaitWorkers(
    _ workers: [DemoWorker], over connection: PostgresConnection
  ) async throws {
    let deadline = ContinuousClock.now + .seconds(15)
    let pids = Set(workers.map(\.pid))
    while true {
      let rows = try await WorkersView.list(over: connection, within: DatabaseOptions.limit)
      let alive = rows.filter { $0.state == "running" && pids.contains($0.pid) }
      if alive.count == workers.count { return }
      if let dead = workers.first(where: { !$0.isRunning }) {
        throw CommandFailure(.software, "no_worker", "\(dead.name) ended before it worked")
      }
      guard ContinuousClock.now < deadline else {
        throw CommandFailure(.timedOut, "no_worker", "the workers did not start within 15 s")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  private func say(_ words: String) {
    Terminal.line("\n" + Terminal.paint("== \(words)", .bold))
  }
}
