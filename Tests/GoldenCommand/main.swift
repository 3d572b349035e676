import Glibc
import Golden

let help = """
  chargepi-golden             tells the stories that have no journal yet, and adds the states of
                              all in their encoding where that has a new version
  chargepi-golden differences notes where today's rules decide otherwise than the journals
  Nothing that is there is overwritten: see Tests/Golden/README.md.

  """

let words = CommandLine.arguments.dropFirst()
let folder = GoldenFolder.own
do {
  switch words.first {
  case nil:
    for story in GoldenStory.all where !folder.stories.contains(story.name) {
      try folder.tell(story)
      print("told \(story.name)")
    }
    for story in folder.stories { try folder.addState(story) }
  case "differences" where words.count == 1:
    for story in folder.stories { try folder.noteDifferences(story) }
  default:
    print(help, terminator: "")
    exit(2)
  }
} catch {
  print("\(error)")
  exit(1)
}
