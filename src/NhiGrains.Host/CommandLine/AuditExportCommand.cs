using System.CommandLine;
using System.Net.Http.Headers;
using NhiGrains.Host.Audit;
using NhiGrains.Host.Settings;

namespace NhiGrains.Host.CommandLine;

/// <summary>Downloads the audit log and verifies what was downloaded.</summary>
internal static class AuditExportCommand
{
    private const string TokenVariable = "NHIGRAINS_TOKEN";

    public static Command Create()
    {
        var url = new Option<string?>("--url") { HelpName = "URL", Description = $"The server. Default: {SettingsReader.DefaultUrl}" };
        var tokenFile = new Option<string?>("--token-file") { HelpName = "FILE", Description = $"A file with the token of an auditor. Default: the token in {TokenVariable}" };
        var file = new Option<string>("--out") { HelpName = "FILE", Description = "Where to write; must not exist yet.", Required = true };
        var command = new Command("export", "Download the audit log as JSON lines, and verify it.") { url, tokenFile, file };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var target = parsed.GetRequiredValue(file);
            try
            {
                await DownloadAsync(Server(parsed.GetValue(url)), Token(parsed.GetValue(tokenFile)), target, cancellation);
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException or UnauthorizedAccessException)
            {
                await error.WriteLineAsync($"nhigrains: the audit log could not be exported: {fault.Message}");
                return ExitCode.No;
            }

            return AuditVerifyCommand.Run(target, earlier: null, output, error);
        });
        return command;
    }

    private static Uri Server(string? text) =>
        Uri.TryCreate(text ?? SettingsReader.DefaultUrl, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https")
            ? url
            : throw new SetupException($"'{text}' is no URL of a server; write it as {SettingsReader.DefaultUrl}.");

    private static string Token(string? file)
    {
        if (file is null)
            return Environment.GetEnvironmentVariable(TokenVariable) ?? throw new SetupException($"A token is needed: --token-file FILE, or {TokenVariable} in the environment.");
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"The token file {file} cannot be read: {fault.Message}");
        }
    }

    private static async Task DownloadAsync(Uri server, string token, string target, CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, AuditEndpoint.Path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"{(int)answer.StatusCode} {answer.ReasonPhrase} {answer.Headers.WwwAuthenticate}".TrimEnd());
        // Under another name until it is whole, so that a broken download never passes for an export.
        var aside = $"{target}.partial";
        await using (var file = new FileStream(aside, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
            await answer.Content.CopyToAsync(file, cancellation);
        File.Move(aside, target, overwrite: false);
    }
}
