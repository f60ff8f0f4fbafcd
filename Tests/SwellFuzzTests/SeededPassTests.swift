import SwellFuzz
import Testing

struct SeededPassTests {
  private let mutations = 2000

  @Test(arguments: FuzzTargets.names)
  func `the corpus and what a seed makes of it show no finding`(name: String) throws {
    let target = try #require(FuzzTargets.all.first { $0.name == name })
    let corpus = try FuzzCorpus.inputs(of: target)
    let words = try FuzzCorpus.words(of: target)
    try #require(corpus.count >= 3 && words.count >= 3)
    for (file, input) in corpus {
      if let finding = target.finding(in: input) { Issue.record("\(name)/\(file): \(finding)") }
    }
    let seed = FuzzSeed.value
    print("fuzz: \(name): \(corpus.count) inputs, and \(mutations) made of them with seed \(seed)")
    var mutator = Mutator(seed: seed)
    for number in 0..<mutations {
      let input = mutator.mutate(
        corpus.map { $0.1 }, words: words, maxBytes: target.maxBytes)
      if let finding = target.finding(in: input) {
        Issue.record("\(name), seed \(seed), number \(number): \(finding)\ninput: \(input)")
        return
      }
    }
  }
}
