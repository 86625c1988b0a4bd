using NhiGrains.Host.Settings;

namespace NhiGrains.Host.Webhooks;

/// <summary>
/// Who may send which events, by the secrets that they sign with. A signature does not say which route it is for, so no secret is good
/// for two of them; null for a route that is closed.
/// </summary>
internal sealed record WebhookSenders(WebhookSecrets? Hints, WebhookSecrets? People, WebhookSecrets? Risk)
{
    /// <exception cref="SetupException">A file is not good, or a secret is in two of them.</exception>
    public static WebhookSenders Load(WebhookSettings settings)
    {
        var senders = new WebhookSenders(Of(settings.Hints), Of(settings.People), Of(settings.Risk));
        RefuseShared(senders.Hints, senders.People, SettingKeys.SecretsFile, SettingKeys.PeopleSecretsFile);
        RefuseShared(senders.Hints, senders.Risk, SettingKeys.SecretsFile, SettingKeys.RiskSecretsFile);
        RefuseShared(senders.People, senders.Risk, SettingKeys.PeopleSecretsFile, SettingKeys.RiskSecretsFile);
        return senders;
    }

    private static WebhookSecrets? Of(string? file) => file is null ? null : WebhookSecrets.Load(file);

    private static void RefuseShared(WebhookSecrets? one, WebhookSecrets? other, string first, string second)
    {
        if (one is not null && other is not null && one.ShareOneWith(other))
            throw new SetupException($"The files of '{SettingKeys.Webhooks}:{first}' and '{SettingKeys.Webhooks}:{second}' have a secret in common: who may send the one events could send the others. Give each its own.");
    }
}
