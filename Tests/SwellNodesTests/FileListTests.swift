import Foundation
import SwellModel
import Testing

@testable import SwellNodes

/// Which files a list has.
@Suite struct FileListTests {
  private func paths(_ folder: ScratchFolder, _ with: String) async throws -> [String] {
    let list = try JSONValue.parse(Payload(json: try await folder.run(.source, with)))
    return list.array?.compactMap { $0["path"]?.string } ?? []
  }

  private func tree() throws -> ScratchFolder {
    let folder = try ScratchFolder()
    for name in [
      "a.swift", "b.swift", "c.md", ".hidden.swift", "sub/d.swift", "sub/deep/e.swift",
      "sub/deep/f.md", ".git/g.swift", "B.swift",
    ] {
      try folder.put("12345", name)
    }
    try folder.link("link.swift", to: "a.swift")
    try folder.link("sub/up", to: "..")
    return folder
  }

  @Test(arguments: [
    (#"{"list": "."}"#, ["B.swift", "a.swift", "b.swift", "c.md"]),
    (#"{"list": ".", "pattern": "*.swift"}"#, ["B.swift", "a.swift", "b.swift"]),
    (#"{"list": ".", "pattern": ["a*", "c*"]}"#, ["a.swift", "c.md"]),
    (
      #"{"list": ".", "pattern": "*.swift", "recursive": true}"#,
      ["B.swift", "a.swift", "b.swift", "sub/d.swift", "sub/deep/e.swift"]
    ),
    (#"{"list": "sub", "recursive": true, "pattern": "*.md"}"#, ["sub/deep/f.md"]),
    (#"{"list": "./sub/"}"#, ["sub/d.swift"]),
    (
      #"{"list": ".", "hidden": true, "recursive": true, "pattern": "[.g]*"}"#,
      [".git/g.swift", ".hidden.swift"]
    ),
    (#"{"list": ".", "pattern": "nothing"}"#, []),
  ])
  func `a list has the files that match, by their paths`(
    with: String, expected: [String]
  ) async throws {
    #expect(try await paths(tree(), with) == expected)
  }

  @Test func `a file of a list has what a node needs that reads it`() async throws {
    let folder = try ScratchFolder()
    try folder.put("12345", "sub/a.txt")
    let path = folder.path + "/base/sub/a.txt"
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_801_386_000)], ofItemAtPath: path)
    #expect(
      try await folder.run(.source, #"{"list": "sub"}"#)
        == #"[{"path":"sub/a.txt","name":"a.txt","size":5,"modified":"2027-01-31T09:00:00Z"}]"#)
    #expect(try await folder.run(.source, #"{"path": "sub/a.txt"}"#) == #""12345""#)
  }

  @Test func `too many files are an error, not a part of them`() async throws {
    let folder = try tree()
    let with = #"{"list": ".", "recursive": true, "maxFiles": 6}"#
    #expect(await folder.failure(.source, with) == "tooLarge too_many_files")
    #expect(
      try await paths(folder, with.replacing("6", with: "7")).count == 7)
  }

  @Test func `a list of a large tree ends when it is cancelled`() async throws {
    let folder = try tree()
    let cancellation = FileCancellation()
    cancellation.cancel()
    let error = #expect(throws: NodeError.self) {
      try folder.root.list(try RelativePath("."), RootFolder.Search(), cancellation)
    }
    #expect(error?.kind == .cancelled)
  }

  @Test func `names that are not UTF-8 are left out`() async throws {
    let folder = try ScratchFolder()
    try folder.put("x", "good")
    let bad: [UInt8] = Array((folder.path + "/base/bad").utf8) + [0xFF, 0]
    let made = bad.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { name in
      name.baseAddress.flatMap { fopen($0, "w") }
    }
    if let made { fclose(made) }
    #expect(try await paths(folder, #"{"list": "."}"#) == ["good"])
  }

  @Test(arguments: [
    ("*", "", true), ("*", "abc", true), ("a*c", "abbc", true), ("a*c", "abcd", false),
    ("*a*a*a*", "aaa", true), ("*a*a*a*", "aa", false), ("?", "é", true), ("?", "ab", false),
    ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[^a]x", "bx", true), ("[]]", "]", true),
    ("[a-]", "-", true), ("a.b", "axb", false), ("", "", true), ("", "a", false),
    ("A*", "abc", false), ("*.swift", "a.swift.md", false), ("**", "x", true),
  ])
  func `a pattern matches as in a shell`(pattern: String, name: String, matches: Bool) throws {
    #expect(try NamePattern(pattern).matches(name) == matches)
  }

  @Test func `a pattern that shells take ages for is looked at in no time`() throws {
    let pattern = String(repeating: "a*", count: 100) + "b"
    #expect(try !NamePattern(pattern).matches(String(repeating: "a", count: 255)))
  }
}
