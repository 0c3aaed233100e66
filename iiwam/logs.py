def without_personal_data(logger, name, event):
    return event
