import ArgumentParser
import SwellStore

struct WorkersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workers", abstract: "List worker processes, the living first.")

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let list = try await database.withConnection { connection in
      try await WorkersView.list(over: connection, within: DatabaseOptions.limit)
    }
    var table = Table(
      ["WORKER", "NAME", "HOST", "PID", "STATE", "RUNS", "QUEUES", "KINDS"],
      right: ["PID", "RUNS"])
    for worker in list {
      if output.isJSON {
        var fields = JSONFields()
        fields.add("worker_id", worker.worker)
        fields.add("name", worker.name)
        fields.add("host", worker.host)
        fields.add("pid", Int(worker.pid))
        fields.add("version", worker.version)
        fields.add("state", worker.state)
        fields.add("kinds", worker.kinds)
        fields.add("queues", worker.queues)
        fields.add("runs_held", worker.runsHeld)
        fields.add("started_at", worker.started)
        fields.add("heartbeat_at", worker.heartbeat)
        fields.print()
      } else {
        table.add([
          "\(worker.worker)", worker.name, worker.host, "\(worker.pid)", worker.state,
          "\(worker.runsHeld)", worker.queues?.joined(separator: ",") ?? "all",
          worker.kinds.joined(separator: ","),
        ])
      }
    }
    if !output.isJSON { list.isEmpty ? Terminal.note("no workers") : table.write() }
  }
}
