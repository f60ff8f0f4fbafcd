#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The unprivileged user that the server runs as when this process is root.
struct ServerUser: Sendable, Hashable {
  var name: String
  var userID: uid_t
  var groupID: gid_t

  /// The user to switch to, or nil when this process is unprivileged already.
  ///
  /// - Parameter data: the cluster; an existing one is served by its owner, unless that is root.
  static func forServer(of data: String) throws(PrivateServerError) -> ServerUser? {
    guard geteuid() == 0 else { return nil }
    var status = stat()
    if stat(data, &status) == 0, status.st_uid != 0 {
      return ServerUser(
        name: "user \(status.st_uid)", userID: status.st_uid, groupID: status.st_gid)
    }
    for name in ["postgres", "nobody"] {
      if let user = named(name) { return user }
    }
    throw PrivateServerError(
      .directory,
      "PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody. "
        + "Add one: useradd --system postgres")
  }

  /// The words before a command that make it run as this user.
  func prefix() throws(PrivateServerError) -> [String] {
    for path in ["/usr/bin/setpriv", "/bin/setpriv"] where access(path, X_OK) == 0 {
      return [path, "--reuid=\(userID)", "--regid=\(groupID)", "--clear-groups", "--"]
    }
    throw PrivateServerError(
      .directory,
      "PostgreSQL does not run as root, and there is no setpriv to run it as \(name). "
        + "Install it: apt-get install util-linux; or run this as another user")
  }

  /// Whether this user may pass through every folder above `path`, and `path` itself.
  func canReach(_ path: String) -> Bool {
    var current = ""
    for part in path.split(separator: "/") {
      current += "/" + part
      var status = stat()
      guard stat(current, &status) == 0 else { return true }
      let bit =
        status.st_uid == userID ? S_IXUSR : status.st_gid == groupID ? S_IXGRP : S_IXOTH
      if status.st_mode & bit == 0 { return false }
    }
    return true
  }

  private static func named(_ name: String) -> ServerUser? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    let code = getpwnam_r(name, &entry, &buffer, buffer.count, &found)
    guard code == 0, found != nil, entry.pw_uid != 0 else { return nil }
    return ServerUser(name: name, userID: entry.pw_uid, groupID: entry.pw_gid)
  }
}
