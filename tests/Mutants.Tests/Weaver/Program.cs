using Havm.Mutants.Weaver;

// Havm.Weaver MUTANTS ROOT FOLDER OUT: copies the sources of ROOT/FOLDER to OUT with their mutants in them.
if (args is not [var mutants, var root, var folder, var output])
{
    Console.Error.WriteLine("usage: Havm.Weaver MUTANTS ROOT FOLDER OUT");
    return 2;
}

try
{
    var edits = Directory.GetFiles(mutants, "*.txt").Order(StringComparer.Ordinal)
        .Select(file => MutantFile.Parse(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file)))
        .SelectMany(mutant => mutant.Edits.Select(edit => (mutant.Name, Edit: edit)))
        .ToLookup(edit => edit.Edit.Source);
    foreach (var lost in edits.Select(file => file.Key).Where(file => !File.Exists(Path.Combine(root, file))))
    {
        throw new FormatException($"mutant {edits[lost].First().Name}: source: {lost} is no file");
    }

    var kept = new HashSet<string>();
    foreach (var file in Directory.GetFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
    {
        var path = Path.GetRelativePath(root, file).Replace('\\', '/');
        var into = Path.Combine(output, Path.GetRelativePath(Path.Combine(root, folder), file));
        Directory.CreateDirectory(Path.GetDirectoryName(into)!);
        var woven = Weaving.Weave(path, File.ReadAllText(file), edits[path]);
        kept.Add(into);
        if (!File.Exists(into) || File.ReadAllText(into) != woven)
        {
            File.WriteAllText(into, woven);
        }
    }

    foreach (var gone in Directory.GetFiles(output, "*.cs", SearchOption.AllDirectories).Where(f => !kept.Contains(f)))
    {
        File.Delete(gone);
    }

    return 0;
}
catch (FormatException wrong)
{
    // The form in which the build shows it as its own error.
    Console.Error.WriteLine($"Havm.Weaver : error WEAVE1: {wrong.Message}");
    return 1;
}
