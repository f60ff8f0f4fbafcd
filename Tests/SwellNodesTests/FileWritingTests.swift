import Foundation
import SwellModel
import Testing

@testable import SwellNodes

/// What a node writes, and what is there when it could not.
@Suite struct FileWritingTests {
  @Test(arguments: [
    (
      "a.json", #"{"bb": 1.50, "a": [1e2, -0, "é\u0007"], "a": [12345678901234567890.5]}"#, "",
      #"{"a":[12345678901234567890.5],"bb":1.5}"# + "\n"
    ),
    ("a.ndjson", #"[{"a": 1}, "x", null]"#, "", "{\"a\":1}\n\"x\"\nnull\n"),
    ("a.txt", #""one\ntwo""#, "", "one\ntwo"),
    ("a.txt", #"["one", "two"]"#, #", "format": "lines""#, "one\ntwo\n"),
    ("a.csv", #"[{"b": "x", "a": 1.0}, {"a": null, "c": true}]"#, "", "a,b,c\n1,x,\n,,true\n"),
    (
      "a.csv", #"[{"b": "x,y", "a": "q\"q"}]"#, #", "columns": ["b", "a"]"#,
      "b,a\n\"x,y\",\"q\"\"q\"\n"
    ),
    (
      "a.csv", #"[{"a": "1\n2"}, {"a": {"k": [1]}}, {"a": ""}]"#, #", "header": false"#,
      "\"1\n2\"\n\"{\"\"k\"\":[1]}\"\n\"\"\n"
    ),
    ("a.tsv", #"[["x", 1], ["y", 2]]"#, #", "columns": ["n", "v"]"#, "n\tv\nx\t1\ny\t2\n"),
    ("a.csv", "[]", "", ""), ("a.csv", "[]", #", "columns": ["a"]"#, "a\n"),
  ])
  func `a value is written as the format has it`(
    name: String, input: String, more: String, text: String
  ) async throws {
    let folder = try ScratchFolder()
    let output = try await folder.run(.sink, "{\"path\": \"\(name)\"\(more)}", input: input)
    #expect(folder.text(name) == text)
    let hash = SHA256.text(of: Array(text.utf8))
    #expect(output == "{\"path\":\"\(name)\",\"bytes\":\(text.utf8.count),\"sha256\":\"\(hash)\"}")
    #expect(try folder.names() == [name])
  }

  @Test(arguments: [
    ("a.txt", "[]", ""), ("a.ndjson", "{}", ""), ("a.csv", "{}", ""), ("a.csv", "[1]", ""),
    ("a.csv", "[[1]]", ""), ("a.csv", "[[1], {}]", #", "columns": ["a", "b"]"#),
    ("a.csv", #"[{"a": 1}, [2]]"#, ""),
    ("a", "[1]", #", "format": "lines""#), ("a", #"["x\ny"]"#, #", "format": "lines""#),
  ])
  func `a value that is no such file is refused before anything is written`(
    name: String, input: String, more: String
  ) async throws {
    let folder = try ScratchFolder()
    let failure = await folder.failure(.sink, "{\"path\": \"\(name)\"\(more)}", input: input)
    #expect(failure == "marshaling input_mismatch")
    #expect(try folder.names() == [])
  }

  @Test func `equal values are equal files, whatever way they took`() async throws {
    let folder = try ScratchFolder()
    // The second is how PostgreSQL prints what it stored of the first.
    let asWritten = #"{"b":1e2,"a":"\u00e9/","z":{"y":0.10},"b":1E+2}"#
    let asStored = #"{"a": "é/", "b": 100, "z": {"y": 0.10}}"#
    let first = try await folder.run(.sink, #"{"path": "a.json"}"#, input: asWritten)
    #expect(try await folder.run(.sink, #"{"path": "a.json"}"#, input: asStored) == first)
    #expect(folder.text("a.json") == "{\"a\":\"é/\",\"b\":100,\"z\":{\"y\":0.1}}\n")
  }

  @Test func `what is replaced keeps its permissions, and folders that are missing are made`()
    async throws
  {
    let folder = try ScratchFolder()
    _ = try await folder.run(.sink, #"{"path": "x/./y//a.txt"}"#, input: #""one""#)
    #expect(folder.text("x/y/a.txt") == "one")
    let path = folder.path + "/base/x/y/a.txt"
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    _ = try await folder.run(.sink, #"{"path": "x/y/a.txt"}"#, input: #""two""#)
    #expect(folder.text("x/y/a.txt") == "two")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o640)
    #expect(try folder.names("x/y") == ["a.txt"])
  }

  @Test func `who reads while it is replaced finds the old file or the new one`() async throws {
    let folder = try ScratchFolder()
    let texts = ["a", "b"].map { String(repeating: $0, count: 300_000) }
    try folder.put(texts[0], "a.txt")
    await withTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        while !Task.isCancelled {
          let text = folder.text("a.txt")
          if text.map(texts.contains) != true { Issue.record("\(text?.utf8.count ?? -1) bytes") }
        }
      }
      for round in 0..<40 {
        let output = await folder.failure(
          .sink, #"{"path": "a.txt"}"#, input: "\"\(texts[round % 2])\"")
        #expect(output.hasPrefix("gave"))
      }
      tasks.cancelAll()
    }
  }

  @Test func `lines that many append do not mix`() async throws {
    let folder = try ScratchFolder()
    let line = String(repeating: "x", count: 5000)
    try await withThrowingTaskGroup(of: String.self) { tasks in
      for writer in 0..<20 {
        tasks.addTask {
          try await folder.run(
            .sink, #"{"path": "log/a.ndjson", "mode": "append"}"#,
            input: "[\"\(writer)\(line)\", \"\(writer)\"]")
        }
      }
      try await tasks.waitForAll()
    }
    let lines = folder.text("log/a.ndjson")?.split(separator: "\n") ?? []
    #expect(lines.count == 40)
    for pair in stride(from: 0, to: lines.count, by: 2) {
      #expect(lines[pair] == lines[pair + 1].dropLast() + line + "\"")
    }
  }

  @Test func `what is appended behind half a line begins a line of its own`() async throws {
    let folder = try ScratchFolder()
    try folder.put("one\ntw", "a.txt")
    let with = #"{"path": "a.txt", "mode": "append", "format": "lines"}"#
    _ = try await folder.run(.sink, with, input: #"["three"]"#)
    _ = try await folder.run(.sink, with, input: #"["four", "five"]"#)
    #expect(folder.text("a.txt") == "one\ntw\nthree\nfour\nfive\n")
  }

  @Test func `an append waits until another has finished its line`() async throws {
    let folder = try ScratchFolder()
    try folder.put("one\ntw", "a.txt")
    let handle = try #require(FileHandle(forUpdatingAtPath: folder.path + "/base/a.txt"))
    #expect(flock(handle.fileDescriptor, LOCK_EX) == 0)
    async let appended = folder.run(
      .sink, #"{"path": "a.txt", "mode": "append", "format": "lines"}"#, input: #"["three"]"#)
    // sleeps: without the lock it would be written by then
    try await Task.sleep(for: .milliseconds(200))
    try handle.seekToEnd()
    try handle.write(contentsOf: Array("o\n".utf8))
    try handle.close()
    _ = try await appended
    #expect(folder.text("a.txt") == "one\ntwo\nthree\n")
  }

  @Test func `an append that waits for another ends when it is cancelled`() async throws {
    let folder = try ScratchFolder()
    try folder.put("one\n", "a.ndjson")
    let handle = try #require(FileHandle(forUpdatingAtPath: folder.path + "/base/a.ndjson"))
    #expect(flock(handle.fileDescriptor, LOCK_EX) == 0)
    let task = Task {
      await folder.failure(.sink, #"{"path": "a.ndjson", "mode": "append"}"#, input: "[2]")
    }
    task.cancel()
    #expect(await task.value == "cancelled handler_cancelled")
    #expect(folder.text("a.ndjson") == "one\n")
    try handle.close()
  }

  @Test func `a name that no file can have leaves nothing behind`() async throws {
    let folder = try ScratchFolder()
    try folder.put("old", "sub/a.txt")
    let name = String(repeating: "n", count: 256)
    #expect(
      await folder.failure(.sink, "{\"path\": \"sub/\(name)\"}", input: #""x""#)
        == "validation invalid_path")
    #expect(try folder.names("sub") == ["a.txt"])
  }

  @Test func `SHA-256 is that of everybody`() {
    #expect(
      SHA256.text(of: [])
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.text(of: Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.text(of: [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    for count in 54..<66 {
      #expect(SHA256.text(of: [UInt8](repeating: 0, count: count)).count == 64)
    }
  }
}
