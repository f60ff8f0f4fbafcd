import SwellModel

/// The places that a text has: a problem cannot be anywhere else.
struct TextPlaces: Equatable {
  enum Breaks {
    case lineFeed
    /// Those of YAML 1.1, which libyaml counts.
    case yaml
  }

  /// Where in the text the characters of each line begin.
  private var lines: [[Int]] = [[]]

  /// Counts what begins a character, so that broken UTF-8 has places as well.
  init(_ text: [UInt8], breaks: Breaks) {
    for (at, byte) in text.enumerated() where byte & 0xC0 != 0x80 {
      // The second half of one break.
      if breaks == .yaml, byte == 0x0A, at > 0, text[at - 1] == 0x0D { continue }
      let isBreak =
        switch (breaks, byte) {
        case (_, 0x0A), (.yaml, 0x0D): true
        case (.yaml, 0xC2): text[at...].starts(with: [0xC2, 0x85])
        case (.yaml, 0xE2):
          text[at...].starts(with: [0xE2, 0x80, 0xA8])
            || text[at...].starts(with: [0xE2, 0x80, 0xA9])
        default: false
        }
      if isBreak {
        lines.append([])
      } else {
        lines[lines.count - 1].append(at)
      }
    }
  }

  /// Whether the place is in the text, or just behind a line of it.
  func hold(_ place: SourcePlace) -> Bool {
    guard place.line >= 1, place.column >= 1, place.line <= lines.count + 1 else { return false }
    guard place.line <= lines.count else { return place.column == 1 }
    return place.column <= lines[place.line - 1].count + 1
  }

  /// Where in the text the character at a place begins.
  func offset(of place: SourcePlace) -> Int? {
    guard lines.indices.contains(place.line - 1) else { return nil }
    let line = lines[place.line - 1]
    return line.indices.contains(place.column - 1) ? line[place.column - 1] : nil
  }
}
