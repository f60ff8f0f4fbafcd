/// The lines of a YAML text, as libyaml counts them.
struct YAMLLines {
  private var text: [UInt8] = []
  /// Where each line begins, in bytes.
  private var starts: [Int] = []
  /// The place that was asked for last, and where it is in bytes.
  private var known = (place: SourcePlace.start, at: 0)

  var isEmpty: Bool { starts.isEmpty }

  init() {}

  init(_ text: String) {
    self.text = Array(text.utf8)
    starts = [0]
    var at = 0
    while at < self.text.count {
      let length = breakLength(at)
      at += max(1, length)
      if length > 0 { starts.append(at) }
    }
  }

  /// Whether these characters stand at a place, in one line.
  ///
  /// Places that are asked for in their order cost the length of the text, all together.
  mutating func holds(_ part: String, at place: SourcePlace) -> Bool {
    guard starts.indices.contains(place.line - 1), place.column >= 1 else { return false }
    if known.place.line != place.line || known.place.column > place.column {
      known = (SourcePlace(line: place.line, column: 1), starts[place.line - 1])
    }
    var at = known.at
    for _ in known.place.column..<place.column {
      guard at < text.count, breakLength(at) == 0 else { return false }
      repeat { at += 1 } while at < text.count && text[at] & 0xC0 == 0x80
    }
    known = (place, at)
    let part = Array(part.utf8)
    let end = at + part.count
    guard end <= text.count, text[at..<end].elementsEqual(part) else { return false }
    return (at..<end).allSatisfy { breakLength($0) == 0 }
  }

  /// How many bytes a break of YAML 1.1 has that begins there; 0 where none does.
  private func breakLength(_ at: Int) -> Int {
    switch text[at] {
    case 0x0A: 1
    case 0x0D: at + 1 < text.count && text[at + 1] == 0x0A ? 2 : 1
    case 0xC2: at + 1 < text.count && text[at + 1] == 0x85 ? 2 : 0
    case 0xE2:
      at + 2 < text.count && text[at + 1] == 0x80 && (text[at + 2] == 0xA8 || text[at + 2] == 0xA9)
        ? 3 : 0
    default: 0
    }
  }
}
