import Foundation

/// One installation of PostgreSQL's server programs.
struct ServerPrograms: Sendable, Hashable {
  static let oldest = 15

  var folder: String
  var major: Int

  func path(_ program: String) -> String { folder + "/" + program }

  /// The installation to use.
  ///
  /// `SWELL_PG_BIN` decides alone. Otherwise the first that fits of: the folders of `PATH`, the
  /// distribution's folders (newest first), Homebrew's, and what `pg_config` says.
  ///
  /// - Parameter major: the version that made the cluster; only programs of that version can
  ///   serve it.
  static func find(
    major: Int?, environment: [String: String] = ProcessInfo.processInfo.environment
  ) async throws(PrivateServerError) -> ServerPrograms {
    let named = environment["SWELL_PG_BIN"].flatMap { $0.isEmpty ? nil : $0 }
    var others: [ServerPrograms] = []
    let candidates =
      if let named { [named] } else { await folders(path: environment["PATH"] ?? "") }
    for folder in candidates where holdsAll(folder) {
      guard let version = await version(of: folder) else { continue }
      let programs = ServerPrograms(folder: folder, major: version)
      if version >= oldest, major == nil || version == major { return programs }
      others.append(programs)
    }
    let found = others.map { "\($0.major) in \($0.folder)" }.joined(separator: ", ")
    if let major, others.contains(where: { $0.major >= oldest }) {
      throw PrivateServerError(
        .versionMismatch,
        "the cluster was made by PostgreSQL \(major), and the installed programs are \(found). "
          + "Install version \(major), or remove the cluster's folder.")
    }
    guard others.isEmpty else {
      throw PrivateServerError(
        .programsTooOld,
        "PostgreSQL \(oldest) or newer is needed; found \(found). Install a newer one: "
          + "apt-get install postgresql")
    }
    throw PrivateServerError(
      .programsMissing,
      named.map { "SWELL_PG_BIN=\($0) does not hold postgres, initdb, pg_ctl and psql." }
        ?? "PostgreSQL's server programs are not installed. On Debian and Ubuntu: apt-get install "
        + "postgresql; on macOS: brew install postgresql@17. Or name their folder in SWELL_PG_BIN.")
  }

  private static func folders(path: String) async -> [String] {
    var result = path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
    result += versions(in: "/usr/lib/postgresql", prefix: "").map { $0 + "/bin" }
    for root in ["/opt/homebrew/opt", "/usr/local/opt"] {
      result += versions(in: root, prefix: "postgresql@").map { $0 + "/bin" }
      result.append(root + "/postgresql/bin")
    }
    result += ["/usr/local/pgsql/bin", "/usr/pgsql/bin"]
    let config = result.map { $0 + "/pg_config" }
    if let program = config.first(where: { FileManager.default.isExecutableFile(atPath: $0) }),
      let ending = try? await Program(path: program, arguments: ["--bindir"])
        .run(orThrow: .programsMissing), ending.succeeded
    {
      result.append(ending.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    return result
  }

  /// The subfolders named by a version, the newest first.
  private static func versions(in root: String, prefix: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return
      names
      .compactMap { name in
        name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)).map { ($0, name) } : nil
      }
      .sorted { $0.0 > $1.0 }
      .map { root + "/" + $0.1 }
  }

  private static func holdsAll(_ folder: String) -> Bool {
    ["postgres", "initdb", "pg_ctl", "psql"].allSatisfy {
      FileManager.default.isExecutableFile(atPath: folder + "/" + $0)
    }
  }

  private static func version(of folder: String) async -> Int? {
    let program = Program(path: folder + "/postgres", arguments: ["--version"])
    guard let ending = try? await program.run(orThrow: .programsMissing), ending.succeeded,
      let range = ending.output.range(of: "(PostgreSQL) ")
    else { return nil }
    return Int(ending.output[range.upperBound...].prefix { $0.isNumber })
  }
}
