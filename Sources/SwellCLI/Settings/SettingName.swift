/// What a worker can be told: as a flag, as a variable, or in a file.
enum SettingName: String, CaseIterable, Sendable {
  case queues
  case concurrency
  case recorders
  case grace
  case allowExec = "allow-exec"
  case allowPrivateHosts = "allow-private-hosts"
  case root
  case connection
  case secrets
  case pooled
  case healthPort = "health-port"
  case name
  case logFormat = "log-format"
  case logLevel = "log-level"

  /// `--allow-exec`
  var flag: String { "--" + rawValue }

  /// `SWELL_ALLOW_EXEC`
  var variable: String { "SWELL_" + rawValue.uppercased().replacing("-", with: "_") }

  /// Whether several values may be given; in a variable they are parted by commas.
  var isList: Bool {
    [.queues, .allowExec, .allowPrivateHosts, .connection].contains(self)
  }
}
