[assembly: AssemblyFixture(typeof(Havm.Packages.Tests.BuiltPackages))]

namespace Havm.Packages.Tests;

/// <summary>The packages as scripts/package.sh makes them, and newer ones made of them.</summary>
public sealed class BuiltPackages : IDisposable
{
    private static readonly string[] Renewed = ["havm", "havm-controller", "havm-node"];

    public BuiltPackages()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("havm-packages-").FullName;
        Shell.Sure($"{Golden.Repository()}/scripts/package.sh", "--fast", "--version", Old, "--out", Directory);
    }

    public const string Old = "1.0";

    public const string New = "1.1";

    public string Directory { get; }

    public string Of(string package, string version = Old) => $"{Directory}/{package}_{version}_amd64.deb";

    public string[] All(string version = Old) =>
        [Of("havm-runtime"), .. Renewed.Select(package => Of(package, version))];

    /// <summary>The same programs as a later version, with another text in each file of /etc.</summary>
    public string[] Upgrade()
    {
        foreach (string package in Renewed.Where(package => !File.Exists(Of(package, New))))
        {
            string open = $"{Directory}/open-{package}";
            Shell.Sure("dpkg-deb", "-R", Of(package), open);
            string control = $"{open}/DEBIAN/control";
            File.WriteAllText(control, File.ReadAllText(control)
                .Replace($"Version: {Old}", $"Version: {New}").Replace($"havm (= {Old})", $"havm (= {New})"));
            foreach (string file in System.IO.Directory.Exists($"{open}/etc")
                ? System.IO.Directory.GetFiles($"{open}/etc", "*", SearchOption.AllDirectories) : [])
            {
                File.AppendAllText(file, "# newer\n");
            }

            Shell.Sure("dpkg-deb", "-Zgzip", "-z1", "--root-owner-group", "-b", open, Of(package, New));
        }

        return All(New);
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
