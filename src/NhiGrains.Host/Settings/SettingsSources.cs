using System.Text.Json;
using NhiGrains.Host.CommandLine;

namespace NhiGrains.Host.Settings;

/// <summary>
/// Gathers settings: a JSON file, over it the environment (<c>NHIGRAINS_POLICY</c>, <c>NHIGRAINS_TOKENS__AUTHORITY</c>), over that
/// the command line. A name that is not known is refused in the file; the environment belongs to others too.
/// </summary>
internal static class SettingsSources
{
    public const string EnvironmentPrefix = "NHIGRAINS_";

    /// <exception cref="SetupException">The file cannot be read, or has a key that means nothing.</exception>
    public static IConfiguration Gather(string? file, IReadOnlyDictionary<string, string?> commandLine)
    {
        var builder = new ConfigurationBuilder();
        if (file is not null)
            builder.AddConfiguration(ReadFile(file));
        return builder.AddEnvironmentVariables(EnvironmentPrefix).AddInMemoryCollection(commandLine).Build();
    }

    private static IConfiguration ReadFile(string file)
    {
        var path = Path.GetFullPath(file);
        if (!File.Exists(path))
            throw new SetupException($"There is no configuration file {path}.");
        try
        {
            var configuration = new ConfigurationBuilder().AddJsonFile(path, optional: false, reloadOnChange: false).Build();
            RefuseUnknown(path, "", configuration.GetChildren(), SettingKeys.All);
            RefuseUnknown(path, $"{SettingKeys.Tokens}:", configuration.GetSection(SettingKeys.Tokens).GetChildren(), SettingKeys.OfTokens);
            RefuseUnknown(path, $"{SettingKeys.Webhooks}:", configuration.GetSection(SettingKeys.Webhooks).GetChildren(), SettingKeys.OfWebhooks);
            foreach (var sink in configuration.GetSection(NotificationSettings.Section).GetChildren())
                RefuseUnknown(path, $"{NotificationSettings.Section}:{sink.Key}:", sink.GetChildren(), NotificationSettings.Keys);
            foreach (var (kind, known) in PlatformSettings.Keys)
            {
                foreach (var platform in configuration.GetSection(kind).GetChildren())
                    RefuseUnknown(path, $"{kind}:{platform.Key}:", platform.GetChildren(), known);
            }

            return configuration;
        }
        catch (Exception fault) when (fault is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            var why = fault.GetBaseException() is JsonException json ? $"line {json.LineNumber + 1}: it is not JSON" : fault.Message;
            throw new SetupException($"The configuration file {path} cannot be read: {why}");
        }
    }

    private static void RefuseUnknown(string path, string prefix, IEnumerable<IConfigurationSection> sections, IReadOnlyList<string> known)
    {
        foreach (var section in sections)
        {
            if (!known.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
                throw new SetupException($"The configuration file {path} has an unknown key '{prefix}{section.Key}'{Spelling.Hint(section.Key, known)}");
        }
    }
}
