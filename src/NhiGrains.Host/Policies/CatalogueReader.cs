using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>Applications and resources of the catalogue.</summary>
internal sealed class CatalogueReader(PolicyProblems problems)
{
    private readonly TextChecks _checks = new(problems);

    public Placed<CatalogueApplication>? ReadApplication(YamlNode node)
    {
        if (Begin(node, "An application") is not { } reader)
            return null;
        var name = reader.RequiredText("name");
        var application = new CatalogueApplication(name ?? "", OwnerOf(reader), EnvironmentOf(reader), reader.ChoiceOrNothing<Sensitivity>("sensitivity"));
        reader.Finish();
        return name is null ? null : new(application, reader.At("name"));
    }

    public Placed<CatalogueEntry>? ReadEntry(YamlNode node)
    {
        if (Begin(node, "A resource entry") is not { } reader)
            return null;
        var prefix = reader.RequiredText("prefix");
        _checks.Prefix(prefix, reader.At("prefix"));
        var platform = reader.Text("platform");
        _checks.Platform(platform, reader.At("platform"));
        var entry = new CatalogueEntry(
            platform, prefix ?? "", reader.Text("application"), OwnerOf(reader), EnvironmentOf(reader), reader.ChoiceOrNothing<Sensitivity>("sensitivity"));
        if (entry is { Application: null, Owner: null, Environment: null, Sensitivity: null })
            problems.Add(node.At, "A resource entry says something of its resources: application, owner, environment or sensitivity.");
        reader.Finish();
        return prefix is null ? null : new(entry, reader.At("prefix"));
    }

    private MapReader? Begin(YamlNode node, string what)
    {
        if (node is YamlMap map)
            return new(map, what, problems);
        problems.Add(node.At, $"{what} is a map, but this is {node.Is}.");
        return null;
    }

    private string? EnvironmentOf(MapReader reader)
    {
        var environment = reader.Text("environment");
        _checks.Environment(environment, reader.At("environment"));
        return environment;
    }

    private Owner? OwnerOf(MapReader reader)
    {
        if (reader.Map("owner") is not { } map)
            return null;
        var owner = new MapReader(map, "An owner", problems);
        var (person, team) = (owner.RequiredText("person"), owner.RequiredText("team"));
        owner.Finish();
        return person is null || team is null ? null : new(person, team);
    }
}
