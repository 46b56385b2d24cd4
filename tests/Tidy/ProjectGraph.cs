using System.Xml.Linq;

namespace Havm.Tidy;

/// <summary>The projects under src, what each references, and the floor each stands on.</summary>
internal static class ProjectGraph
{
    /// <summary>Two projects of one floor of which one may use the other, each with its reason.</summary>
    public static readonly IReadOnlyDictionary<(string From, string To), string> Listed =
        new Dictionary<(string, string), string>
        {
            [("Runtime", "Wire")] = "the loops speak the messages of the line",
            [("Guest", "Wire")] = "both ends of the guest protocol decide on its messages",
            [("Bench", "Lab")] = "it measures the product where the lab runs it, with the lab's own faults",
            [("Transport.Http.Server", "Transport.Http")] = "two halves of one adapter; only one needs Kestrel",
        };

    private static readonly IReadOnlyDictionary<string, int> LowFloors = new Dictionary<string, int>
    {
        ["Model"] = 0,
        ["Core"] = 1,
        ["Diagnosis"] = 1,
        ["Specs"] = 1,
        ["Guest"] = 2,
        ["Wire"] = 2,
        ["Runtime"] = 2,
        ["Simulator"] = 3,
    };

    public static IReadOnlyList<Project> Read() =>
        [.. Repository.Files(".csproj")
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal))
            .Select(ReadOne)];

    /// <summary>The floor of a project by its place in the tree; null when it has none yet.</summary>
    public static int? Floor(Project project) => project.File.Split('/') switch
    {
        ["src", "Apps", ..] => 4,
        ["src", "Adapters", ..] => 3,
        _ => LowFloors.TryGetValue(project.Name, out int floor) ? floor : null,
    };

    private static Project ReadOne(string file)
    {
        XDocument document = XDocument.Parse(Repository.Read(file));
        return new Project(
            Path.GetFileNameWithoutExtension(file),
            file,
            [.. Includes("ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path))],
            [.. Includes("PackageReference")]);

        IEnumerable<string> Includes(string element) =>
            document.Descendants(element).Select(reference => (string)reference.Attribute("Include")!);
    }
}

/// <param name="File">The project file's path from the root.</param>
/// <param name="Projects">Names of the projects it references.</param>
/// <param name="Packages">Names of the packages it references.</param>
internal sealed record Project(
    string Name, string File, IReadOnlyList<string> Projects, IReadOnlyList<string> Packages);
