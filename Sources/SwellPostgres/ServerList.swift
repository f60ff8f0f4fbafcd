import CLibpq

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The servers of a configuration, as libpq understands it with its environment and its service file.
struct ServerList {
  /// The keywords of each server for itself; of all together where libpq has to see them all, or
  /// there is one.
  let servers: [[(String, String)]]
  /// For how long one try at one address may last, in nanoseconds: what `connect_timeout` says, of which
  /// libpq takes no notice where it does not wait itself. Nil for servers that are left to libpq together.
  let limit: UInt64?

  init(_ keywords: [(String, String)]) throws(PostgresError) {
    let options = try Self.options(keywords)
    func list(_ keyword: String) -> [Substring] {
      guard let text = options[keyword], !text.isEmpty else { return [] }
      return text.split(separator: ",", omittingEmptySubsequences: false)
    }
    let (hosts, addresses, ports) = (list("host"), list("hostaddr"), list("port"))
    let count = max(hosts.count, addresses.count)
    // What is left out would be taken from the environment, which may be where the list is from.
    let isDividable =
      count > 1 && options["target_session_attrs"] != "prefer-standby"
      && (ports.count <= 1 || ports.count == count)
      && [hosts, addresses].allSatisfy { list in
        list.isEmpty || list.count == count && !list.contains { $0.isEmpty }
      }
    // As libpq has it: zero and less is for ever, and one second is two.
    let seconds = options["connect_timeout"].flatMap { UInt64($0) } ?? 0
    limit =
      seconds > 0 && (isDividable || count <= 1)
      ? max(2, min(seconds, 1 << 31)) * 1_000_000_000 : nil
    guard isDividable else {
      servers = [keywords]
      return
    }
    let apart = (0..<count).map { at -> [(String, String)] in
      var own = keywords.filter {
        !["host", "hostaddr", "port", "load_balance_hosts"].contains($0.0)
      }
      if !hosts.isEmpty { own.append(("host", String(hosts[at]))) }
      if !addresses.isEmpty { own.append(("hostaddr", String(addresses[at]))) }
      let port = ports.isEmpty ? "" : ports[ports.count == 1 ? 0 : at]
      own.append(("port", port.isEmpty ? "\(Self.defaultPort)" : String(port)))
      return own
    }
    servers = options["load_balance_hosts"] == "random" ? apart.shuffled() : apart
  }

  private static let defaultPort = 5432

  /// All options, with what the environment and the service file say.
  ///
  /// libpq tells them of a connection only: this one is refused before it looks up any name.
  private static func options(
    _ keywords: [(String, String)]
  ) throws(PostgresError) -> [String: String] {
    let handle = try start(keywords + [("sslmode", "none of these")])
    defer { PQfinish(handle) }
    guard let all = PQconninfo(handle) else {
      throw PostgresError(code: .connect, "out of memory")
    }
    defer { PQconninfoFree(all) }
    var options: [String: String] = [:]
    var next = all
    while let keyword = next.pointee.keyword {
      if let value = next.pointee.val {
        options[String(cString: keyword)] = String(cString: value)
      }
      next += 1
    }
    return options
  }

  static func start(_ keywords: [(String, String)]) throws(PostgresError) -> OpaquePointer {
    var names = keywords.map { UnsafePointer(strdup($0.0)) }
    var values = keywords.map { UnsafePointer(strdup($0.1)) }
    names.append(nil)
    values.append(nil)
    defer {
      for text in names + values { free(UnsafeMutableRawPointer(mutating: text)) }
    }
    guard let handle = PQconnectStartParams(names, values, 0) else {
      throw PostgresError(code: .connect, "out of memory")
    }
    return handle
  }
}
