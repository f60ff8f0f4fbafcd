import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Where the files of one private server are.
struct ServerPlace: Sendable, Hashable {
  /// The folder that holds everything but the socket; absolute, without symbolic links.
  var root: String
  /// The user that the server runs as, when it is not this process's own.
  var user: ServerUser?

  var data: String { root + "/data" }
  var logFile: String { root + "/server.log" }
  var gate: String { root + "/gate.lock" }
  var owner: String { root + "/owner.lock" }
  private var socketRecord: String { root + "/socket" }

  /// The version that made the cluster, or nil when there is none yet.
  var major: Int? {
    guard let text = try? String(contentsOfFile: data + "/PG_VERSION", encoding: .utf8) else {
      return nil
    }
    return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// Makes the folder, and hands it to the user that the server runs as.
  ///
  /// A folder that this user cannot reach (a clone under `/root`) is replaced by one under
  /// `/var/lib/swell`, named by a hash of the path, and `log` is told.
  static func prepare(
    _ directory: String, log: (String) -> Void
  ) throws(PrivateServerError) -> ServerPlace {
    var root = try make(directory)
    var place = ServerPlace(root: root, user: try ServerUser.forServer(of: root + "/data"))
    if let user = place.user, !user.canReach(parent(of: root)) {
      let substitute = "/var/lib/swell/" + hash(root)
      log("\(user.name) cannot reach \(root): the private PostgreSQL is in \(substitute)")
      root = try make(substitute)
      place = ServerPlace(root: root, user: try ServerUser.forServer(of: root + "/data"))
    }
    if let user = place.user {
      try hand(root, to: user)
    } else if access(root, W_OK) != 0 {
      throw PrivateServerError(
        .directory, "the folder \(root) is not writable for this user: another user made it")
    }
    return place
  }

  /// The folder of the Unix socket: the recorded one while it is still ours, else a new one.
  func socketFolder() throws(PrivateServerError) -> String {
    let expected = user?.userID ?? geteuid()
    if let recorded = recordedSocketFolder {
      var status = stat()
      if lstat(recorded, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
        status.st_uid == expected
      {
        return recorded
      }
    }
    guard let folder = Self.temporaryFolder() else {
      throw PrivateServerError(
        .directory, "cannot make a folder under /tmp: \(String(cString: strerror(errno)))")
    }
    if let user { try Self.hand(folder, to: user) }
    do {
      try folder.write(toFile: socketRecord, atomically: true, encoding: .utf8)
    } catch {
      throw PrivateServerError(.directory, "cannot write \(socketRecord)", detail: "\(error)")
    }
    return folder
  }

  var recordedSocketFolder: String? {
    try? String(contentsOfFile: socketRecord, encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// A new folder of this process's user under `/tmp`, for nobody else to read.
  static func temporaryFolder() -> String? {
    var template = Array("/tmp/swell-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The last lines of the server's log.
  func logTail(lines: Int) -> String {
    guard let bytes = FileManager.default.contents(atPath: logFile)?.suffix(16_384) else {
      return ""
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(lines)
      .joined(separator: "\n")
  }

  /// Removes everything, the cluster included.
  func remove() {
    if let folder = recordedSocketFolder, folder.hasPrefix("/tmp/swell-") {
      try? FileManager.default.removeItem(atPath: folder)
    }
    try? FileManager.default.removeItem(atPath: root)
  }

  private static func make(_ directory: String) throws(PrivateServerError) -> String {
    let absolute = URL(fileURLWithPath: directory).standardizedFileURL.path
    do {
      try FileManager.default.createDirectory(
        atPath: absolute, withIntermediateDirectories: true)
    } catch {
      throw PrivateServerError(.directory, "cannot make the folder \(absolute)", detail: "\(error)")
    }
    guard let resolved = realpath(absolute, nil) else {
      throw PrivateServerError(
        .directory, "cannot resolve \(absolute): \(String(cString: strerror(errno)))")
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func hand(_ folder: String, to user: ServerUser) throws(PrivateServerError) {
    guard chown(folder, user.userID, user.groupID) == 0, chmod(folder, 0o700) == 0 else {
      throw PrivateServerError(
        .directory,
        "cannot hand \(folder) to \(user.name): \(String(cString: strerror(errno)))")
    }
  }

  private static func parent(of path: String) -> String {
    path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
  }

  /// FNV-1a: stable between processes, unlike `Hasher`.
  private static func hash(_ text: String) -> String {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(value, radix: 16)
  }
}
