import ArgumentParser

/// The flags of a worker. What is not said here may be said by a variable or a file, so none of
/// them has a default of its own.
struct WorkerOptions: ParsableArguments {
  @Option(help: "The queues it serves, parted by commas; all by default.")
  var queues: String?

  @Option(help: "How many runs it holds at a time; 2000 by default.")
  var concurrency: String?

  @Option(help: "How many connections store results side by side; 2 by default.")
  var recorders: String?

  @Option(help: "How long nodes may go on when it is asked to stop; 30s by default.")
  var grace: String?

  @Option(
    help: ArgumentHelp(
      "A program that exec nodes may run, by name or path; repeat it, or '*' for every one.",
      valueName: "program"))
  var allowExec: [String] = []

  @Option(
    help: ArgumentHelp(
      "A host beyond the Internet that http nodes may ask: a name, *.name, an address, a range "
        + "such as 10.0.0.0/8, or all; repeat it. None by default.",
      valueName: "host"))
  var allowPrivateHosts: [String] = []

  @Option(
    help:
      "The folder whose files the kind file may use, and in which programs run; none by default.")
  var root: String?

  @Option(
    help: ArgumentHelp(
      "A database that sql nodes reach by a name; repeat it. Better SWELL_CONNECTION_NAME: others see flags.",
      valueName: "name=url"))
  var connection: [String] = []

  @Option(
    help: "A folder with a file for each secret; without it, and first of all, SWELL_SECRET_NAME.")
  var secrets: String?

  @Flag(help: "Works through PgBouncer in transaction mode.")
  var pooled = false

  @Option(help: "The port of /livez, /readyz and /metrics; none by default.")
  var healthPort: String?

  @Option(help: "What people see in 'swell workers'; host and pid by default.")
  var name: String?

  @Option(help: "text or json; text by default.")
  var logFormat: String?

  @Option(help: "trace, debug, info, notice, warning, error or critical; info by default.")
  var logLevel: String?

  @Option(help: "A JSON file of these settings; swell.json by default, where there is one.")
  var config: String?

  func settings() throws -> Settings {
    var flags: [SettingName: [String]] = [:]
    let texts: [(SettingName, String?)] = [
      (.concurrency, concurrency), (.recorders, recorders), (.grace, grace), (.root, root),
      (.secrets, secrets),
      (.healthPort, healthPort), (.name, name), (.logFormat, logFormat), (.logLevel, logLevel),
    ]
    for (name, text) in texts {
      if let text { flags[name] = [text] }
    }
    if let queues { flags[.queues] = queues.split(separator: ",").map(String.init) }
    if queues != nil, flags[.queues]?.isEmpty == true { flags[.queues] = [""] }
    if !allowExec.isEmpty { flags[.allowExec] = allowExec }
    if !connection.isEmpty { flags[.connection] = connection }
    if !allowPrivateHosts.isEmpty { flags[.allowPrivateHosts] = allowPrivateHosts }
    if pooled { flags[.pooled] = ["true"] }
    return try Settings.load(flags: flags, file: config)
  }
}
