import CLibpq

/// The servers of a configuration, as libpq understands it with its environment and its service file.
struct ServerList {
  private let keywords: [(String, String)]
  private let hosts: [Substring]
  private let addresses: [Substring]
  private let ports: [Substring]
  private let isShuffled: Bool
  /// Whether libpq has to see all of them to choose one.
  private let isRanked: Bool
  /// For how long one try may last, in nanoseconds: what `connect_timeout` says, of which libpq takes no
  /// notice where it does not wait itself.
  let limit: UInt64?

  init(of handle: OpaquePointer, keywords: [(String, String)]) {
    var options: [String: String] = [:]
    if let all = PQconninfo(handle) {
      var next = all
      while let keyword = next.pointee.keyword {
        if let value = next.pointee.val {
          options[String(cString: keyword)] = String(cString: value)
        }
        next += 1
      }
      PQconninfoFree(all)
    }
    func list(_ keyword: String) -> [Substring] {
      guard let text = options[keyword], !text.isEmpty else { return [] }
      return text.split(separator: ",", omittingEmptySubsequences: false)
    }
    self.keywords = keywords
    hosts = list("host")
    addresses = list("hostaddr")
    ports = list("port")
    isShuffled = options["load_balance_hosts"] == "random"
    isRanked = options["target_session_attrs"] == "prefer-standby"
    // As libpq has it: zero and less is for ever, and one second is two.
    let seconds = options["connect_timeout"].flatMap { UInt64($0) } ?? 0
    limit = seconds > 0 ? max(2, min(seconds, 1 << 31)) * 1_000_000_000 : nil
  }

  private var count: Int { max(hosts.count, addresses.count) }

  /// Whether there are several, each of which can be named by itself.
  var isDividable: Bool {
    guard count > 1, !isRanked, ports.count <= 1 || ports.count == count else { return false }
    // What is left out would be taken from the environment, which may be where the list is from.
    return [hosts, addresses].allSatisfy { list in
      list.isEmpty || list.count == count && !list.contains { $0.isEmpty }
    }
  }

  /// The keywords of each server for itself.
  var apart: [[(String, String)]] {
    let servers = (0..<count).map { at -> [(String, String)] in
      var own = keywords.filter {
        !["host", "hostaddr", "port", "load_balance_hosts"].contains($0.0)
      }
      if !hosts.isEmpty { own.append(("host", String(hosts[at]))) }
      if !addresses.isEmpty { own.append(("hostaddr", String(addresses[at]))) }
      let port = ports.isEmpty ? "" : ports[ports.count == 1 ? 0 : at]
      own.append(("port", port.isEmpty ? "\(Self.defaultPort)" : String(port)))
      return own
    }
    return isShuffled ? servers.shuffled() : servers
  }

  private static let defaultPort = 5432

  func hasGivenUp(after time: UInt64) -> Bool {
    limit.map { $0 <= time } ?? false
  }

  var timeout: PostgresError {
    PostgresError(
      code: .connect, "no answer within connect_timeout, \((limit ?? 0) / 1_000_000_000) s")
  }
}
