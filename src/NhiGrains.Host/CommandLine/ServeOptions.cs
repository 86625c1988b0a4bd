using System.CommandLine;
using NhiGrains.Host.Settings;

namespace NhiGrains.Host.CommandLine;

/// <summary>The options of <c>serve</c>; those that find the data folder and the issuer serve <c>token</c> as well.</summary>
internal sealed class ServeOptions
{
    public Option<string?> Config { get; } = new("--config") { HelpName = "FILE", Description = "A JSON file with settings; options and NHIGRAINS_… in the environment go before it." };

    public Option<string?> Data { get; } = new("--data") { HelpName = "DIR", Description = "The folder that everything is kept in. Default: .data" };

    public Option<string?> Store { get; } = new("--store") { HelpName = "embedded|redis://…", Description = "Where state is kept. Default: embedded, in the data folder." };

    public Option<bool> RedisWithoutAof { get; } = new("--redis-without-aof") { Description = "Accept a Redis that loses acknowledged changes when it dies." };

    public Option<string?> Silo { get; } = new("--silo") { HelpName = "HOST[:PORT]", Description = "Where other silos reach this one. Default: loopback, a free port." };

    public Option<bool> Salvage { get; } = new("--salvage") { Description = "Start read-only on a store that lost something." };

    public Option<string?> Urls { get; } = new("--urls") { HelpName = "URLS", Description = $"Where to listen, several with ';'. Default: {SettingsReader.DefaultUrl}" };

    public Option<string?> Policy { get; } = new("--policy") { HelpName = "FILE", Description = "The policy set; put in force at start, and again when the file changes." };

    public Option<string[]> Kubernetes { get; } = new("--kubernetes") { HelpName = "NAME=KUBECONFIG[#CONTEXT]", Description = "A cluster to control, as the platform k8s:NAME. Can be repeated." };

    public Option<bool> Demo { get; } = new("--demo") { Description = "Register the identities of the demo." };

    public IEnumerable<Option> OfServe => [Config, Data, Store, RedisWithoutAof, Silo, Salvage, Urls, Policy, Kubernetes, Demo];

    /// <exception cref="SetupException">A cluster is not named as it should be.</exception>
    public IConfiguration Gather(ParseResult parsed)
    {
        var given = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        Add(given, parsed, Data, SettingKeys.Data);
        Add(given, parsed, Store, SettingKeys.Store);
        Add(given, parsed, Silo, SettingKeys.Silo);
        Add(given, parsed, Urls, SettingKeys.Urls);
        Add(given, parsed, Policy, SettingKeys.Policy);
        if (parsed.GetValue(RedisWithoutAof))
            given[SettingKeys.RedisWithoutAof] = bool.TrueString;
        if (parsed.GetValue(Salvage))
            given[SettingKeys.Salvage] = bool.TrueString;
        if (parsed.GetValue(Demo))
            given[SettingKeys.Demo] = bool.TrueString;
        foreach (var cluster in parsed.GetValue(Kubernetes) ?? [])
            AddCluster(given, cluster);
        return SettingsSources.Gather(parsed.GetValue(Config), given);
    }

    private static void Add(Dictionary<string, string?> given, ParseResult parsed, Option<string?> option, string key)
    {
        if (parsed.GetValue(option) is { } value)
            given[key] = value;
    }

    private static void AddCluster(Dictionary<string, string?> given, string text)
    {
        if (text.Split('=', 2) is not [var name, var kubeconfig] || name.Length == 0)
            throw new SetupException($"--kubernetes is NAME=KUBECONFIG or NAME=KUBECONFIG#CONTEXT, not '{text}'.");
        // Both the short name and the platform's id are natural to write.
        var key = $"{SettingKeys.Clusters}:{(name.StartsWith("k8s:", StringComparison.Ordinal) ? name[4..] : name)}";
        if (!given.TryAdd(key, kubeconfig))
            throw new SetupException($"--kubernetes names the cluster '{name}' twice.");
    }
}
